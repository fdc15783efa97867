/** Sparklines: open where nothing is known, no peak lost, and stages on the same axis. */

import { describe, expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import type { Sample } from "../../src/model/health_history";
import { areaOf, linesOf, pathOf, ticksOf, topOf, yOf, type Box } from "../../src/model/sparkline";
import { runsBetween, stageAt, stageMarks } from "../../src/model/stage_marks";

const BOX: Box = { from: 0, to: 3_600_000, top: 100, width: 720, height: 40 };

function samplesOf(values: [second: number, value: number | null][]): Sample[] {
  return values.map(([second, value]) => ({ time: 1000 * second, values: { cpu: value } }));
}

describe("a sparkline", () => {
  it("is open where a sample is missing, unknown or of no such figure", () => {
    const samples = samplesOf([[0, 10], [5, 20], [60, 30], [65, null], [70, 40], [75, 50]]); // prettier-ignore
    const lines = linesOf(samples, "cpu", BOX);
    expect(lines.map((line) => line.map(([x]) => x))).toEqual([[0, 1], [12], [14, 15]]);
    expect(linesOf(samples, "gpu", BOX)).toEqual([]);
    expect(linesOf([], "cpu", BOX)).toEqual([]);
  });

  it("keeps each peak of an hour of samples, in no more points than four a column", () => {
    const values: [number, number][] = [];
    for (let second = 0; second < 3600; second += 1) values.push([second, second === 1801 ? 99 : 10]);
    const [line] = linesOf(samplesOf(values), "cpu", BOX);
    expect(line!.length).toBeLessThanOrEqual(4 * BOX.width);
    expect(Math.min(...line!.map(([, y]) => y))).toBeCloseTo(yOf(99, BOX));
  });

  it("does not tremble as time goes on: the same samples fall into the same columns", () => {
    const values: [number, number][] = [];
    for (let second = 0; second < 600; second += 1) values.push([second, (second * 7919) % 97]);
    const heights = (shift: number): number[] => {
      const moved = { ...BOX, from: BOX.from + shift, to: BOX.to + shift };
      return linesOf(samplesOf(values), "cpu", moved)[0]!.map(([, y]) => y);
    };
    expect(heights(1234)).toEqual(heights(0));
  });

  it("writes a path for each stretch, and a dot where one is of a single sample", () => {
    expect(pathOf([[[0, 1], [2, 3]], [[5, 6]]])).toBe("M0 1L2 3M5 6L5 6"); // prettier-ignore
    expect(areaOf([[[0, 1], [2, 3]], [[5, 6]]], 40)).toBe("M0 40L0 1 2 3 2 40Z"); // prettier-ignore
    expect(pathOf([])).toBe("");
  });

  it("cuts what is beyond its box, and has room for a threshold nothing came near", () => {
    expect([yOf(250, BOX), yOf(-5, BOX), yOf(50, BOX)]).toEqual([0, 40, 20]);
    expect(topOf(samplesOf([[0, 0.01]]), ["cpu"], 0.25)).toBeGreaterThan(0.25);
    expect(topOf(samplesOf([[0, 2]]), ["cpu"], 0.25)).toBeGreaterThan(2);
    expect(topOf([], ["cpu"], null)).toBe(1);
  });

  it("has round ticks, and no more than asked for", () => {
    expect(ticksOf(0, 3_600_000, 8)).toEqual([0, 10, 20, 30, 40, 50, 60].map((minutes) => 60_000 * minutes));
    expect(ticksOf(1, 300_000, 8).length).toBeLessThanOrEqual(8);
  });
});

function run(status: string, minute: number, more: Record<string, unknown> = {}): ReturnType<typeof readRun> {
  const at = (second: number): string => new Date(60_000 * minute + 1000 * second).toISOString();
  const stages = [
    { id: "load", title: "Load", status: "completed", started_time: at(0), elapsed_s: 10 },
    { id: "train", title: "Train", status: status === "running" ? "running" : "failed", started_time: at(12), elapsed_s: null },
    { id: "test", title: "Test", status: "pending", started_time: null },
  ];
  const ended = status === "running" ? null : at(30);
  return readRun({ run_id: `r${minute}`, name: `run ${minute}`, status, stages, end_time: ended, ...more });
}

describe("the stages beside it", () => {
  it("end with what they took, with the run, or not yet", () => {
    expect(stageMarks(run("running", 0)!).map(({ id, from, to }) => [id, from, to])).toEqual([
      ["load", 0, 10_000],
      ["train", 12_000, null],
    ]);
    expect(stageMarks(run("failed", 0)!).at(-1)!.to).toBe(30_000);
  });

  it("take only their own time of a run that was resumed", () => {
    const stages = [{ id: "train", status: "completed", started_time: new Date(0).toISOString(), elapsed_s: 50, carried_s: 20 }];
    expect(stageMarks(readRun({ run_id: "r", stages })!)[0]!.to).toBe(30_000);
  });

  it("are those of runs at work, then of those that ended last; not of others", () => {
    const runs = [run("failed", 1)!, run("failed", 5)!, run("running", 3)!, run("failed", 90)!];
    expect(runsBetween(runs, 0, 600_000).map(({ name }) => name)).toEqual(["run 3", "run 5", "run 1"]);
    expect(runsBetween(runs, 100_000_000, 200_000_000).map(({ name }) => name)).toEqual(["run 3"]);
  });

  it("tell which one a moment was in", () => {
    const marks = stageMarks(run("failed", 0)!);
    expect([stageAt(marks, 5000)?.id, stageAt(marks, 11_000)?.id, stageAt(marks, 20_000)?.id]).toEqual(["load", undefined, "train"]);
    expect(stageAt(marks, 31_000)).toBeNull();
  });
});
