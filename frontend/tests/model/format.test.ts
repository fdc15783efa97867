import { describe, expect, it } from "vitest";
import { ago, bytes, duration, figure, headline, roughly, roughRange, share } from "../../src/model/format";
import { modelNameFor } from "../../src/model/naming";
import { readRun } from "../../src/model/reading";

describe("figures for a person", () => {
  it.each([
    [null, "–"],
    [8.44, "8 s"],
    [59.9, "59 s"],
    [185, "3 min 05 s"],
    [7800, "2 h 10 min"],
    [360_000, "4 d 4 h"],
  ])("a duration of %s s is %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it("tells short durations precisely where that is asked", () => {
    expect([0.004, 0.45, 8.44, 42].map((s) => duration(s, true))).toEqual([
      "<0.01 s",
      "0.45 s",
      "8.4 s",
      "42 s",
    ]);
  });

  it.each([
    [0.2, "~1 s"],
    [42.4, "~42 s"],
    [73, "~1 min 10 s"],
    [119, "~2 min"],
    [1500, "~25 min"],
    [7900, "~2 h 12 min"],
  ])("an estimate of %s s is rounded to %s", (seconds, words) => {
    expect(roughly(seconds)).toBe(words);
  });

  it.each([
    [6.1, 8.9, "~6 to 9 s"],
    [6.1, 6.4, "~6 s"],
    [-3, 0.2, "~1 s"],
    [-3, 4, "~1 to 4 s"],
    [50, 190, "~50 s to 3 min"],
    [100, 250, "~2 to 4 min"],
    [4000, 9000, "~67 min to 2.5 h"],
    [5400, 9000, "~1.5 to 2.5 h"],
    [40_000, 400_000, "~11 h to 5 d"],
    [9, 3, "~9 s"],
  ])("a range from %s to %s s is %s", (low, high, words) => {
    expect(roughRange(low, high)).toBe(words);
  });

  it("counts the age of what is shown", () => {
    expect([0, 14.9, 90, 7300, 200_000].map(ago)).toEqual([
      "0 s ago",
      "14 s ago",
      "1 min ago",
      "2 h ago",
      "2 d ago",
    ]);
  });

  it("shows sizes, shares and metrics", () => {
    expect([0, 999, 341e6, 23.8e9].map(bytes)).toEqual(["0 B", "999 B", "341 MB", "23.8 GB"]);
    expect([share(0.012), share(null)]).toEqual(["1.2 %", "–"]);
    expect([1797, 0.97222, 1e-7, true, null].map(figure)).toEqual([
      "1,797",
      "0.9722",
      "1.000e-7",
      "yes",
      "–",
    ]);
  });

  it("names the figure of a finished run that is asked for first", () => {
    const run = (test: unknown) => readRun({ run_id: "r", result: { test, rows: { test: 89 } } })!;
    expect(headline(run({ mae: 42, r2: 0.4526 }))).toBe("R² 0.4526 on 89 test rows");
    expect(headline(run({ accuracy: null }))).toBeNull();
    expect(headline(run(null))).toBeNull();
  });

  it("makes a model's name of a run's name, as the server does", () => {
    expect(modelNameFor("RandomForest on digits!")).toBe("RandomForest-on-digits");
    expect(modelNameFor("Überlauf  (v2.1)")).toBe("Uberlauf-v2-1");
    expect(modelNameFor("學習")).toBe("model");
  });
});
