import { describe, expect, it } from "vitest";
import { withoutOldest, withSeries } from "../../src/model/forgetting";
import { readRun } from "../../src/model/reading";
import { EMPTY, type ViewState } from "../../src/model/view_state";

const idOf = (number: number): string => `20260730-091500-${number.toString(16).padStart(4, "0")}`;

/** A state with as many ended runs, the newest last, and one that goes on among the oldest. */
function stateWith(ended: number): ViewState {
  const runs = Array.from({ length: ended + 1 }, (_, number) =>
    readRun({ run_id: idOf(number), status: number === 1 ? "running" : "completed" })!,
  );
  const byRun = <Value,>(value: Value): Map<string, Value> => new Map(runs.map((run) => [run.run_id, value]));
  return {
    ...EMPTY,
    runs: new Map(runs.map((run) => [run.run_id, run])),
    series: byRun({ series: { loss: [[1, 0.5]] as [number, number][] }, whole: new Set<string>(), asked: new Set<string>() }),
    heardAt: byRun(0),
    runOffsets: byRun(1),
    revisions: new Map([[" system_metrics", 7], ...runs.map((run) => [`${run.run_id} training_progress`, 3] as const)]),
  };
}

describe("a view that stays open", () => {
  it("keeps 200 runs that have ended, and every one that goes on", () => {
    const left = withoutOldest(stateWith(300));
    expect(left.runs.size).toBe(201);
    expect(left.runs.has(idOf(1))).toBe(true);
    expect(left.runs.has(idOf(300))).toBe(true);
    expect(left.runs.has(idOf(50))).toBe(false);
    expect([...left.heardAt.keys()]).toEqual([...left.runs.keys()]);
    expect([...left.runOffsets.keys()]).toEqual([...left.runs.keys()]);
  });

  it("keeps the points of those that go on, and of the last twelve that were looked at", () => {
    const left = withoutOldest(stateWith(30));
    expect(left.runs.size).toBe(31);
    expect([...left.series.keys()]).toEqual([idOf(1), ...Array.from({ length: 12 }, (_, i) => idOf(19 + i))]);
  });

  it("keeps the points of so many runs only, whichever somebody looks at", () => {
    const known = stateWith(1).series.get(idOf(1))!;
    let state = EMPTY;
    for (let run = 2; run < 60; run += 1) state = withSeries(withSeries(state, idOf(1), known), idOf(run), known);
    expect(state.series.size).toBeLessThan(30);
    expect(state.series.has(idOf(1))).toBe(true);
    expect(state.series.has(idOf(59))).toBe(true);
  });

  it("keeps the revisions of what can still come", () => {
    const left = withoutOldest(stateWith(30));
    expect([...left.revisions.keys()]).toEqual([" system_metrics", `${idOf(1)} training_progress`]);
  });

  it("is the same where nothing is too old", () => {
    const few = { ...stateWith(5), revisions: new Map([[" system_metrics", 7]]) };
    const left = withoutOldest(few);
    for (const part of ["runs", "series", "heardAt", "runOffsets", "revisions"] as const) {
      expect(left[part]).toBe(few[part]);
    }
  });
});
