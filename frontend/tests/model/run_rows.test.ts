/** The rows of the history, as the stream goes on below what was answered; and which of them are drawn. */

import { describe, expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import { readQuery } from "../../src/model/run_query";
import { rowOf, shownRows, type Found } from "../../src/model/run_rows";
import { rowAfterKey, rowWindow, scrolledTo } from "../../src/model/row_window";
import type { RunState } from "../../src/model/wire";

const NOBODY = new Set<string>();
const id = (number: number): string => `20261122-1000${String(number).padStart(2, "0")}-0000002a`;

function run(number: number, more: Record<string, unknown> = {}): RunState {
  const queued_time = `2026-11-22T10:00:${String(number).padStart(2, "0")}.000Z`;
  return readRun({ run_id: id(number), name: `run ${number}`, status: "completed", queued_time, ...more })!;
}

function found(numbers: number[], more: Partial<Found> = {}): Found {
  return { rows: numbers.map((number) => rowOf(run(number), null)), total: numbers.length, next: null, ...more };
}

function live(...runs: RunState[]): Map<string, RunState> {
  return new Map(runs.map((known) => [known.run_id, known]));
}

function names(said: string, at: Found, runs: Map<string, RunState>, gone: ReadonlySet<string> = NOBODY): string[] {
  return shownRows(at, runs, gone, readQuery(said), null).rows.map((row) => row.name);
}

describe("the rows", () => {
  it("show what the stream says of a run, in its place", () => {
    const renamed = run(2, { name: "renamed", status: "failed" });
    expect(names("", found([3, 2, 1]), live(renamed))).toEqual(["run 3", "renamed", "run 1"]);
  });

  it("have a new run where the order has it", () => {
    expect(names("", found([3, 1]), live(run(4), run(2)))).toEqual(["run 4", "run 3", "run 2", "run 1"]);
    expect(names("sort=oldest", found([1, 3]), live(run(4)))).toEqual(["run 1", "run 3", "run 4"]);
    expect(names("sort=-name", found([10, 2]), live(run(9)))).toEqual(["run 10", "run 9", "run 2"]);
  });

  it("leave to the server what comes after all that is loaded", () => {
    expect(names("", found([9, 8], { next: "x", total: 9 }), live(run(1)))).toEqual(["run 9", "run 8"]);
    expect(names("", found([9, 8]), live(run(1)))).toEqual(["run 9", "run 8", "run 1"]);
  });

  it("lose a run that no longer fits, or is gone, and count so", () => {
    const failed = run(2, { status: "failed" });
    const shown = shownRows(found([3, 2, 1], { total: 40, next: "x" }), live(failed), new Set([id(1)]), readQuery("status=completed"), null);
    expect(shown.rows.map((row) => row.name)).toEqual(["run 3"]);
    expect(shown.total).toBe(38);
  });

  it("have what has no value last, whichever way", () => {
    const scored = (number: number, accuracy: number | null): RunState => run(number, { result: { test: { accuracy } } });
    const rows = [scored(1, 0.9), scored(2, 0.5), scored(3, null)].map((one) => rowOf(one, null));
    const at = { rows, total: 3, next: null };
    expect(names("sort=-score", at, live(scored(4, 0.7), run(5)))).toEqual(["run 1", "run 4", "run 2", "run 5", "run 3"]);
  });

  it("keep little of a run", () => {
    const big = run(1, { spec: { estimator: { class: "a.B" }, x: "y".repeat(1e5) }, notes: " x " });
    expect(JSON.stringify(rowOf(big, null)).length).toBeLessThan(400);
    expect(rowOf(big, null)).toMatchObject({ estimator: "B", hasNotes: true, progress: null });
    expect(rowOf(run(1, { status: "running", progress: 40 }), null).progress).toBe(40);
  });
});

describe("the window on the rows", () => {
  const at = { top: 36_000, height: 720, rowHeight: 36, count: 10_000 };

  it("is what is in sight and some around it, and never beyond the ends", () => {
    expect(rowWindow(at)).toEqual({ from: 988, to: 1032 });
    expect(rowWindow({ ...at, top: 0 }).from).toBe(0);
    expect(rowWindow({ ...at, top: 1e9 })).toEqual({ from: 10_000, to: 10_000 });
    expect(rowWindow({ ...at, top: -50, count: 3 })).toEqual({ from: 0, to: 3 });
    expect(rowWindow({ ...at, count: 0 })).toEqual({ from: 0, to: 0 });
  });

  it("moves only as far as a row needs", () => {
    expect(scrolledTo(1005, at)).toBe(36_000);
    expect(scrolledTo(999, at)).toBe(35_964);
    expect(scrolledTo(1020, at)).toBe(36_036);
  });

  it("follows the keys of a list", () => {
    const led = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => rowAfterKey(key, 100, at));
    expect(led).toEqual([101, 99, 119, 81, 0, 9999]);
    expect(rowAfterKey("ArrowUp", 0, at)).toBe(0);
    expect(rowAfterKey("a", 0, at)).toBeNull();
    expect(rowAfterKey("constructor", 0, at)).toBeNull();
    expect(rowAfterKey("End", 0, { ...at, count: 0 })).toBeNull();
  });
});
