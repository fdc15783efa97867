import { describe, expect, it } from "vitest";
import { expectedProgress, moveOn, type Shown } from "../../src/model/motion";
import { readRun } from "../../src/model/reading";
import type { RunState } from "../../src/model/wire";

function running(progress: number, left: number | null): RunState {
  const state = { run_id: "r", status: "running", progress, estimated_remaining: left };
  return readRun(state)!;
}

describe("a bar between two updates", () => {
  it("moves on at the pace that is expected", () => {
    expect(expectedProgress(running(50, 100), 1)).toBeCloseTo(50.5);
  });

  it("goes at most two points beyond what is known, however long nothing comes", () => {
    expect(expectedProgress(running(50, 3), 60)).toBe(52);
  });

  it("stands still where the time left is not known, or the run has ended", () => {
    expect(expectedProgress(running(50, null), 60)).toBe(50);
    expect(expectedProgress({ ...running(50, 10), status: "failed" }, 60)).toBe(50);
  });

  it("goes back to what a stopped run had done of its steps, wherever the estimate was", () => {
    const result = { stopped: true, steps: { done: 371, total: 1000 } };
    const stopped = readRun({ run_id: "r", status: "completed", progress: 100, result })!;
    expect(moveOn({ runId: "r", progress: 60 }, stopped, 0).progress).toBeCloseTo(37.1);
  });

  it("never shows the end before it is there", () => {
    expect(expectedProgress(running(99.8, 0.1), 60)).toBeLessThan(100);
  });

  it("never goes back, whatever the estimates do", () => {
    let shown: Shown | null = null;
    let before = 0;
    for (const [progress, left, since] of [
      [10, 5, 2],
      [10.5, 50, 0],
      [11, 80, 0.1],
      [12, 2, 2],
      [12.2, 90, 0],
    ] as const) {
      shown = moveOn(shown, running(progress, left), since);
      expect(shown.progress).toBeGreaterThanOrEqual(before);
      before = shown.progress;
    }
  });

  it("begins anew with another run, and with one that was resumed", () => {
    const other = { ...running(3, null), run_id: "other" };
    expect(moveOn({ runId: "r", progress: 80 }, other, 0).progress).toBe(3);
    expect(moveOn({ runId: "r", progress: 80 }, running(40, null), 0).progress).toBe(40);
  });
});
