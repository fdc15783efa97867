/** Runs side by side: what differs, in which order, and which is the best. */

import { describe, expect, it } from "vitest";
import { bestOf, comparedMetrics, comparedParameters, comparedStages, parametersOf } from "../../src/model/comparison";
import { readRun } from "../../src/model/reading";
import type { RunState } from "../../src/model/wire";

function run(more: Record<string, unknown>): RunState {
  return readRun({ run_id: "20261122-100000-0000002a", name: "a", status: "completed", ...more })!;
}

function asked(params: Record<string, unknown>, more: Record<string, unknown> = {}): RunState {
  const spec = { name: "x", executor: { python: "p" }, estimator: { class: "sklearn.svm.SVC", params }, ...more };
  return run({ spec });
}

describe("the parameters", () => {
  it("have the estimator's by their own names, and leave out the machinery", () => {
    const found = parametersOf(asked({ C: 1, kernel: "rbf" }, { split: { test: 0.2 }, scoring: null, tags: ["t"] }));
    expect([...found]).toEqual([["estimator.class", "SVC"], ["C", 1], ["kernel", "rbf"], ["split.test", 0.2]]);
  });

  it("are those that the worker found where a notebook handed an object over", () => {
    const metrics = { estimator: "SVC", params: { C: 10, "__proto__": 1 } };
    const found = parametersOf(run({ spec: { estimator: { upload: "ab" } }, stages: [{ id: "initialize", metrics }] }));
    expect([...found]).toContainEqual(["C", 10]);
    expect([...found]).toContainEqual(["estimator.class", "SVC"]);
  });

  it("that differ come first, each where its run has it", () => {
    const lines = comparedParameters([asked({ C: 1, gamma: "auto" }), asked({ C: 2, degree: 3, gamma: "auto" })]);
    expect(lines.map((line) => [line.name, line.isDifferent])).toEqual([
      ["C", true],
      ["degree", true],
      ["estimator.class", false],
      ["gamma", false],
    ]);
    expect(lines[1]!.values).toEqual([undefined, 3]);
  });

  it("of one run differ from nothing", () => {
    expect(comparedParameters([asked({ C: 1 })]).some((line) => line.isDifferent)).toBe(false);
  });

  it("are no more than can be read", () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, number) => [`p${number}`, number]));
    expect(comparedParameters([asked(many)]).length).toBeLessThanOrEqual(500);
  });
});

describe("the best of a metric", () => {
  const of = (name: string, ...values: unknown[]): number[] => [
    ...bestOf({ name, values, isDifferent: new Set(values).size > 1 }),
  ];

  it("is the greatest, or the least of an error; all that share it", () => {
    expect(of("test.accuracy", 0.5, 0.9, 0.9, undefined)).toEqual([1, 2]);
    expect(of("test.rmse", 3, 2, null)).toEqual([1]);
  });

  it("is nobody's where there is nothing to be better than", () => {
    expect(of("test.accuracy", 0.9, 0.9)).toEqual([]);
    expect(of("test.accuracy", 0.9, undefined)).toEqual([]);
  });
});

it("scores and stages stand in the order of the runs", () => {
  const runs = [
    run({ result: { test: { accuracy: 0.9, f1_macro: null } }, metrics: { loss: 1 }, stages: [{ id: "train", elapsed_s: 2 }] }),
    run({ result: { test: { accuracy: 0.8 } }, stages: [{ id: "load_data", elapsed_s: 1 }, { id: "train", elapsed_s: 3 }] }),
  ];
  expect(comparedMetrics(runs).map((line) => line.name)).toEqual(["test.accuracy", "metrics.loss"]);
  expect(comparedStages(runs).map(({ name, values }) => [name, ...values])).toEqual([
    ["Load data", undefined, 1],
    ["Train", 2, 3],
  ]);
});
