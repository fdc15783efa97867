/** A model's versions: their scores side by side, and what is asked before one replaces another. */

import { describe, expect, it } from "vitest";
import { bestOf, isRollback, metricsOf, readModelDetail, replacementWords, serviceWords } from "../../src/model/model_versions";

const version = (number: number, test: Record<string, number> | null): unknown => ({
  version: number,
  run_id: `run-${number}`,
  time: "2026-11-22T10:00:00.000Z",
  result: test && { test },
});

const DETAIL = readModelDetail({
  deployed: 3,
  deployed_time: "2026-11-22T10:00:00.000Z",
  deployed_by: "ada",
  inputs: [{ name: "age", kind: "number" }, { name: "x", kind: "tensor" }, 3],
  input_count: 500,
  versions: [version(1, { f1_macro: 0.8, accuracy: 0.8 }), version(3, { accuracy: 0.9, loss: 0.2 }), version(2, null)],
}); // prettier-ignore

describe("a model's versions", () => {
  it("stand newest first, with the figure that is asked for first at the left", () => {
    expect(DETAIL.versions.map((each) => each.version)).toEqual([3, 2, 1]);
    expect(metricsOf(DETAIL.versions)).toEqual(["accuracy", "loss", "f1_macro"]);
  });

  it("have a best one by each figure: the lowest error, and none where all are alike", () => {
    const { versions } = readModelDetail({ versions: [version(1, { rmse: 2, r2: 0.5 }), version(2, { rmse: 1, r2: 0.5 })] });
    expect([...bestOf(versions, "rmse")]).toEqual([2]);
    expect([...bestOf(versions, "r2")]).toEqual([]);
    expect([...bestOf(DETAIL.versions, "accuracy")]).toEqual([3]);
    expect([...bestOf([], "accuracy")]).toEqual([]);
  });

  it("say what is replaced, as far as that is known", () => {
    const now = Date.parse("2026-11-22T10:00:00.000Z");
    expect(replacementWords(DETAIL, 1, now)).toMatch(
      /^Version 1 takes the place of version 3, in service since .*:00:00.*, put there by ada\.$/,
    );
    expect(serviceWords(readModelDetail({ deployed: 1 }), now)).toBe("in service");
    expect([isRollback(DETAIL, 1), isRollback(DETAIL, 4), isRollback({ deployed: null }, 1)]).toEqual([true, false, false]);
  });

  it("are read with what they take, and from an older server without it", () => {
    expect(DETAIL.inputs).toEqual([
      { name: "age", kind: "number", categories: null },
      { name: "x", kind: "any", categories: null },
    ]);
    expect(DETAIL.inputCount).toBe(500);
    expect(readModelDetail({ versions: [] })).toMatchObject({ inputs: null, inputCount: null, deployedBy: "" });
    expect(readModelDetail("no").versions).toEqual([]);
  });
});
