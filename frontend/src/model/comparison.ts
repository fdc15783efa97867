/** Runs side by side: which of their parameters and figures differ, and which is the best. */

import { isLessBetter } from "./run_facts";
import { fields, isFields, text } from "./reading_fields";
import type { RunState } from "./wire";

/** One line of a comparison: a value of each run, in their order; undefined: the run has none. */
export interface ComparedLine {
  name: string;
  values: readonly unknown[];
  isDifferent: boolean;
}

/** More lines than these nobody reads; a grid over thousands of candidates is one parameter. */
const MOST_LINES = 500;

function lineOf(name: string, values: readonly unknown[]): ComparedLine {
  const [first, ...others] = values.map((value) => JSON.stringify(value) ?? "");
  return { name, values, isDifferent: others.some((other) => other !== first) };
}

/** What is of the machinery, or stands elsewhere in the comparison. */
const LEFT_OUT = new Set(["name", "kind", "tags", "executor", "estimator.upload", "dataset.id", "dataset.y"]);

/** What a run was asked to do, each value under its path. */
export function parametersOf(run: RunState): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(run.spec)) {
    if (!LEFT_OUT.has(key)) flatten(key, value, found);
  }
  const begun = run.stages.find((stage) => stage.id === "initialize")?.metrics ?? {};
  const estimator = text(begun["estimator"]);
  if (estimator !== null && !found.has("estimator.class")) found.set("estimator.class", estimator);
  for (const [key, value] of Object.entries(fields(begun["params"]))) {
    if (!found.has(`estimator.params.${key}`)) found.set(`estimator.params.${key}`, value);
  }
  // Its parameters are what is asked for most: they stand there by their own names.
  return new Map([...found].map(([path, value]) => [path.replace(/^estimator\.params\./, ""), shortClass(path, value)]));
}

/** A class without its package, as everywhere else. */
function shortClass(path: string, value: unknown): unknown {
  return path === "estimator.class" && typeof value === "string" ? value.slice(value.lastIndexOf(".") + 1) : value;
}

function flatten(path: string, value: unknown, into: Map<string, unknown>): void {
  if (LEFT_OUT.has(path) || value === null || into.size >= MOST_LINES) return;
  if (!isFields(value)) {
    into.set(path, value);
    return;
  }
  for (const [key, inner] of Object.entries(value)) flatten(`${path}.${key}`, inner, into);
}

/** The parameters of all runs, those that differ first; within each in the order of the requests. */
export function comparedParameters(runs: readonly RunState[]): ComparedLine[] {
  return compared(runs.map(parametersOf));
}

/** How long each stage took, in the order of the runs' plans. */
export function comparedStages(runs: readonly RunState[]): ComparedLine[] {
  const took = runs.map((run) => {
    const stages = run.stages.filter((stage) => stage.elapsed_s !== null);
    return new Map<string, unknown>(stages.map((stage) => [stage.title, stage.elapsed_s]));
  });
  return inTheirOrder(took);
}

/** What was measured on the test rows, and what was logged last of each metric. */
export function comparedMetrics(runs: readonly RunState[]): ComparedLine[] {
  const measured = runs.map((run) => {
    const test = Object.entries(run.result?.test ?? {}).map(([name, value]) => [`test.${name}`, value] as const);
    const logged = Object.entries(run.metrics).map(([name, value]) => [`metrics.${name}`, value] as const);
    return new Map<string, unknown>([...test, ...logged].filter(([, value]) => value !== null));
  });
  return inTheirOrder(measured);
}

/** Which of a metric's values are the best; none where they are all the same, or only one run has it. */
export function bestOf({ name, values, isDifferent }: ComparedLine): ReadonlySet<number> {
  const numbers = values.map((value) => (typeof value === "number" ? value : null));
  const known = numbers.filter((value) => value !== null);
  if (!isDifferent || known.length < 2) return new Set();
  const best = isLessBetter(name) ? Math.min(...known) : Math.max(...known);
  if (known.every((value) => value === best)) return new Set();
  return new Set(numbers.flatMap((value, index) => (value === best ? [index] : [])));
}

function compared(of: readonly ReadonlyMap<string, unknown>[]): ComparedLine[] {
  const lines = inTheirOrder(of);
  return [...lines.filter((line) => line.isDifferent), ...lines.filter((line) => !line.isDifferent)];
}

/** A name that only a later run has stands after the one that it follows there. */
function inTheirOrder(of: readonly ReadonlyMap<string, unknown>[]): ComparedLine[] {
  const names: string[] = [];
  for (const values of of) {
    let after = -1;
    for (const name of values.keys()) {
      const place = names.indexOf(name);
      if (place >= 0) after = place;
      else names.splice((after += 1), 0, name);
    }
  }
  return names.map((name) => lineOf(name, of.map((values) => values.get(name))));
}
