/** Rows to predict: what a person types or pastes comes to the model as it takes it, or is refused in words. */

import { describe, expect, it } from "vitest";
import type { ModelInput } from "../../src/model/model_versions";
import { cellOf, MOST_ROWS, readPredictions, rowOfForm, rowsOf, valueText } from "../../src/model/prediction_rows";

const input = (name: string | null, kind: ModelInput["kind"], categories: unknown[] | null = null): ModelInput => ({
  name,
  kind,
  categories,
});
const PEOPLE = [input("age", "number"), input("city", "category", ["Paris", "Zürich", 7]), input("member", "boolean"), input("zip", "any")];
const ARRAY = [input(null, "number"), input(null, "number"), input(null, "number")];

describe("a cell", () => {
  it.each([
    ["number", " 3.5 ", 3.5], ["number", "-.5e3", -500], ["number", "", null], ["boolean", "Yes", true],
    ["boolean", "0", false], ["category", "7", 7], ["category", "Bern", "Bern"], ["any", "01234", "01234"],
    ["any", "12", 12], ["any", "0.5", 0.5], ["any", "0", 0], ["any", "true", "true"], ["datetime", "2026-11-22", "2026-11-22"],
  ] as const)("of kind %s: %j is %j", (kind, typed, value) => {
    expect(cellOf(typed, input("x", kind, kind === "category" ? ["Paris", 7] : null))).toEqual({ value });
  }); // prettier-ignore

  it.each([
    ["number", "3,5", "“3,5” is no number; write 3.5"],
    ["number", "many", "“many” is no number"],
    ["number", "0x10", "“0x10” is no number"],
    ["number", "Infinity", "“Infinity” is no number"],
    ["boolean", "maybe", "“maybe” is neither true nor false"],
  ] as const)("of kind %s: %j is refused", (kind, typed, problem) => {
    expect(cellOf(typed, input("x", kind))).toEqual({ problem });
  });
});

describe("a form", () => {
  it("makes a row by the columns' names, and one in their order where they have none", () => {
    expect(rowOfForm(["41", "Zürich", "no"], PEOPLE)).toEqual({
      row: { age: 41, city: "Zürich", member: false, zip: null },
      problems: [null, null, null, null],
    });
    expect(rowOfForm(["1", "x", ""], ARRAY)).toEqual({ row: [1, null, null], problems: [null, "“x” is no number", null] });
  });
});

describe("pasted rows", () => {
  it.each([
    ["with names, as CSV", "city,age,member,zip\nParis,41,yes,0123\n\n", [{ city: "Paris", age: 41, member: true, zip: "0123" }]],
    ["from a spreadsheet", "age\tcity\tmember\tzip\r\n41\tZürich\tno\t\r\n", [{ age: 41, city: "Zürich", member: false, zip: null }]],
    ["with semicolons", "41;Paris;yes;8000\n42;7;no;8001", [[41, "Paris", true, 8000], [42, 7, false, 8001]]],
    ["with quotes", '"age","city","member","zip"\n41,"Pa,""r""\nis",yes,"x"', [{ age: 41, city: 'Pa,"r"\nis', member: true, zip: "x" }]],
    ["as a JSON object", '{"age": 41}', [{ age: 41 }]],
    ["as JSON rows", '{"rows": [[1, 2, 3]]}', [[1, 2, 3]]],
    ["as one JSON row", "[1, 2, null]", [[1, 2, null]]],
  ])("%s", (_, pasted, rows) => {
    expect(rowsOf(pasted, PEOPLE)).toEqual({ rows });
  }); // prettier-ignore

  it("go to the server where a name is misspelt: it knows what is meant", () => {
    expect(rowsOf("agee,city,member,zip\n41,Paris,yes,1", PEOPLE)).toEqual({
      rows: [{ agee: 41, city: "Paris", member: true, zip: 1 }],
    });
  });

  it("without names are rows of values", () => {
    expect(rowsOf("1, 2, 3\n4, 5, ", ARRAY)).toEqual({ rows: [[1, 2, 3], [4, 5, null]] }); // prettier-ignore
    expect(rowsOf("1 \n x", null)).toEqual({ rows: [[1], ["x"]] });
  });

  it.each([
    ["", "Paste at least one row."],
    ["age,city,member,zip", "There are only the columns' names; add a row below them."],
    ["age,city,member,zip\n1,Paris,yes", "Row 1 has 3 values for 4 columns."],
    ["1,Paris,yes,x\n2,Paris,sometimes,x", "Row 2, member: “sometimes” is neither true nor false."],
    ["[]", "No row stands in this JSON; expected a list of rows."],
  ])("%j is refused in words", (pasted, problem) => {
    expect(rowsOf(pasted, PEOPLE)).toEqual({ problem });
  });

  it("are no more than a page can show", () => {
    const problem = "These are 1,001 rows; at most 1,000 are tried here.";
    expect(rowsOf("1\n".repeat(MOST_ROWS + 1), ARRAY)).toEqual({ problem });
    expect(rowsOf("1\n".repeat(MOST_ROWS), ARRAY).rows).toHaveLength(MOST_ROWS);
  });

  it("tell what is wrong with JSON that is cut short", () => {
    expect(rowsOf('[{"age": 41', PEOPLE).problem).toMatch(/^This is no JSON: /);
  });
});

describe("predictions", () => {
  it("come with the likeliest class first", () => {
    const answer = { version: 3, predictions: ["b"], probabilities: [[0.25, 0.75]], classes: ["a", "b"] };
    expect(readPredictions(answer)).toEqual({
      version: 3,
      predictions: [{ value: "b", likely: [{ name: "b", share: 0.75 }, { name: "a", share: 0.25 }] }],
    }); // prettier-ignore
  });

  it("are read whatever an answer holds", () => {
    expect(readPredictions({ predictions: [1.23456789, null], probabilities: [["x"]] }).predictions).toEqual([
      { value: 1.23456789, likely: [] },
      { value: null, likely: null },
    ]);
    expect(readPredictions(null)).toEqual({ version: null, predictions: [] });
    expect([1.23456789, 3, null, [1, "a"], {}].map(valueText)).toEqual(["1.23457", "3", "–", "1, a", "–"]);
  });
});
