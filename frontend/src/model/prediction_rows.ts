/** Rows to predict, from what a person has typed into a form or pasted: CSV as spreadsheets copy it, or JSON. */

import { isFields } from "./reading_fields";
import type { ModelInput } from "./model_versions";

export type Rows = { rows: unknown[]; problem?: never } | { rows?: never; problem: string };

/** More belongs into a program; a page has to show what comes of them. */
export const MOST_ROWS = 1000;
export const LONGEST_TEXT = 2_000_000;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const YES = new Set(["true", "yes", "1"]);
const NO = new Set(["false", "no", "0"]);

type Cell = { value: unknown; problem?: never } | { value?: never; problem: string };

/** What is typed for a column, as the model takes it; nothing typed is no value. */
export function cellOf(typed: string, input: Pick<ModelInput, "kind" | "categories">): Cell {
  const said = typed.trim();
  if (said === "") return { value: null };
  switch (input.kind) {
    case "number":
      return NUMBER.test(said) ? { value: Number(said) } : { problem: numberProblem(said) };
    case "boolean": {
      const low = said.toLowerCase();
      if (YES.has(low) || NO.has(low)) return { value: YES.has(low) };
      return { problem: `“${shown(said)}” is neither true nor false` };
    }
    case "category":
      return { value: input.categories?.find((category) => String(category) === said) ?? said };
    case "datetime":
      return { value: said };
    default:
      return { value: ofAnyKind(said) };
  }
}

function numberProblem(said: string): string {
  const withPoint = said.replace(",", ".");
  const hint = NUMBER.test(withPoint) ? `; write ${withPoint}` : "";
  return `“${shown(said)}” is no number${hint}`;
}

/** A number where it is written as one; not what begins with a nought, as the codes of places and articles do. */
function ofAnyKind(said: string): unknown {
  return NUMBER.test(said) && !/^[+-]?0\d/.test(said) ? Number(said) : said;
}

function shown(said: string): string {
  return said.length > 40 ? `${said.slice(0, 39)}…` : said;
}

/** A row from a form's fields, in the order of the columns; or what is wrong with each field. */
export function rowOfForm(typed: readonly string[], inputs: readonly ModelInput[]): { row: unknown; problems: (string | null)[] } {
  const cells = inputs.map((input, index) => cellOf(typed[index] ?? "", input));
  const problems = cells.map(({ problem }) => problem ?? null);
  const isNamed = inputs.every(({ name }) => name !== null);
  const values = cells.map(({ value }) => value ?? null);
  const row = isNamed ? Object.fromEntries(inputs.map(({ name }, index) => [name, values[index]])) : values;
  return { row, problems };
}

/** Rows from pasted text. `inputs` may be the first columns only; null: nothing is known of them. */
export function rowsOf(pasted: string, inputs: readonly ModelInput[] | null): Rows {
  const said = pasted.trim();
  if (!said) return { problem: "Paste at least one row." };
  if (said.length > LONGEST_TEXT) return { problem: "That is more than 2 MB; ask with a program instead." };
  // A tab at the end of a line is an empty last cell.
  const found = /^[[{]/.test(said) ? rowsOfJson(said) : rowsOfCsv(pasted.replace(/^[\r\n]+/, ""), inputs);
  if (found.rows && found.rows.length > MOST_ROWS) {
    const count = found.rows.length.toLocaleString("en-US");
    return { problem: `These are ${count} rows; at most ${MOST_ROWS.toLocaleString("en-US")} are tried here.` };
  }
  return found;
}

function rowsOfJson(said: string): Rows {
  let read: unknown;
  try {
    read = JSON.parse(said);
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const rows = isFields(read) && Array.isArray(read["rows"]) ? read["rows"] : read;
  if (isFields(rows)) return { rows: [rows] };
  if (!Array.isArray(rows) || rows.length === 0) return { problem: "No row stands in this JSON; expected a list of rows." };
  const isRow = (row: unknown): boolean => Array.isArray(row) || isFields(row);
  // What is a row beside what is none is the server's to refuse, by its place.
  return { rows: rows.some(isRow) ? rows : [rows] };
}

function rowsOfCsv(said: string, inputs: readonly ModelInput[] | null): Rows {
  const lines = cellsOf(said, separatorOf(said));
  const names = inputs?.map(({ name }) => name) ?? [];
  const [first = [], ...rest] = lines;
  const header = isHeader(first, names) ? first.map((name) => name.trim()) : null;
  if (header && rest.length === 0) return { problem: "There are only the columns' names; add a row below them." };
  const rows: unknown[] = [];
  for (const [index, line] of (header ? rest : lines).entries()) {
    const values: unknown[] = [];
    for (const [place, typed] of line.entries()) {
      const input = header ? inputs?.[names.indexOf(header[place] ?? "")] : inputs?.[place];
      const cell = cellOf(typed, input ?? { kind: "any", categories: null });
      const column = header?.[place] ?? names[place] ?? `value ${place + 1}`;
      if (cell.problem !== undefined) return { problem: `Row ${index + 1}, ${column}: ${cell.problem}.` };
      values.push(cell.value);
    }
    if (header && values.length !== header.length) {
      return { problem: `Row ${index + 1} has ${values.length} values for ${header.length} columns.` };
    }
    rows.push(header ? Object.fromEntries(header.map((name, place) => [name, values[place]])) : values);
  }
  return { rows };
}

/** Names of columns stand above the rows, though some of them may be misspelt: the server then says which. */
function isHeader(first: readonly string[], names: readonly (string | null)[]): boolean {
  const known = first.filter((cell) => names.includes(cell.trim()));
  return known.length > 0 && known.length * 2 >= first.length;
}

/** Spreadsheets copy tabs; where commas write decimals, lists have semicolons. */
function separatorOf(said: string): string {
  const line = said.split("\n", 1)[0]!;
  const count = (separator: string): number => line.split(separator).length;
  return ["\t", ";", ","].reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** The cells of CSV: quoted ones may hold separators, line ends and doubled quotes. Empty lines are none. */
function cellsOf(said: string, separator: string): string[][] {
  const lines: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < said.length; at += 1) {
    const sign = said[at]!;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (said[at + 1] === '"') cell += said[(at += 1)];
      else isQuoted = false;
    } else if (sign === '"' && cell.trim() === "") {
      [cell, isQuoted] = ["", true];
    } else if (sign === separator) {
      lines.at(-1)!.push(cell);
      cell = "";
    } else if (sign === "\n") {
      lines.at(-1)!.push(cell);
      lines.push([]);
      cell = "";
    } else if (sign !== "\r") cell += sign;
  }
  lines.at(-1)!.push(cell);
  return lines.filter((line) => line.length > 1 || line[0]!.trim() !== "");
}

export interface Prediction {
  value: unknown;
  /** Most likely first; null: the model gives none. */
  likely: { name: string; share: number }[] | null;
}

/** What the server has answered, a prediction for each row. */
export function readPredictions(answer: unknown): { version: number | null; predictions: Prediction[] } {
  const from = isFields(answer) ? answer : {};
  const classes = Array.isArray(from["classes"]) ? from["classes"] : [];
  const shares = Array.isArray(from["probabilities"]) ? from["probabilities"] : null;
  const values = Array.isArray(from["predictions"]) ? from["predictions"] : [];
  const predictions = values.map((value: unknown, index): Prediction => {
    const own: unknown = shares?.[index];
    const likely = Array.isArray(own) ? own.flatMap((share, place) => likelyOf(share, classes[place])) : null;
    return { value, likely: likely && likely.sort((a, b) => b.share - a.share) };
  });
  const version = from["version"];
  return { version: typeof version === "number" ? version : null, predictions };
}

function likelyOf(share: unknown, name: unknown): { name: string; share: number }[] {
  if (typeof share !== "number" || !Number.isFinite(share)) return [];
  return [{ name: valueText(name), share: Math.min(1, Math.max(0, share)) }];
}

/** A predicted value as text; a list of several outputs has commas. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return typeof value === "string" || typeof value === "boolean" ? String(value) : "–";
}
