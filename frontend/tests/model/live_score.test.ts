import { describe, expect, it } from "vitest";
import { liveScoreName, liveScoreOf, withinSentence } from "../../src/model/live_score";
import { readRun } from "../../src/model/reading";

const run = (fields: Record<string, unknown>) => readRun({ run_id: "20260730-091500-a1b2", ...fields })!;

describe("the live score", () => {
  it.each([
    [{}, "Live score", null],
    [{ live_accuracy: 0.9 }, "Live accuracy", 0.9],
    [{ live_score: { name: "r2", value: 0.5 } }, "Live R²", 0.5],
    [{ live_score: { name: "mae", value: 3 } }, "Live MAE", 3],
    [{ live_score: { name: "f1_macro", value: 0.7 } }, "Live F1 (macro)", 0.7],
    [{ live_accuracy: 0.9, live_score: { name: "score", value: 0.8 } }, "Live score", 0.8],
  ])("of %j is called %s", (fields, name, value) => {
    expect(liveScoreName(run(fields))).toBe(name);
    expect(liveScoreOf(run(fields))?.value ?? null).toBe(value);
  });

  it("keeps the case of what is no word", () => {
    expect(["Accuracy", "Balanced accuracy", "MAE", "R²", "Éclat", "_", ""].map(withinSentence)).toEqual([
      "accuracy",
      "balanced accuracy",
      "MAE",
      "R²",
      "éclat",
      "_",
      "",
    ]);
  });
});
