/** Stages over time: waits, attempts, what runs and what is to come. */

import { describe, expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import { timelineOf, type TimeBar, type Timeline } from "../../src/model/timeline";

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 10) + seconds * 1000).toISOString();

const STAGES = [
  { id: "load", status: "completed", started_time: at(0), elapsed_s: 2 },
  { id: "train", status: "running", started_time: at(3), elapsed_s: 5, estimated_s: 10, estimated_range: [9, 11] },
  { id: "test", status: "pending", estimated_s: 4 },
  { id: "save", status: "pending" },
];

function timeline(more: Record<string, unknown> = {}, since = 0): Timeline {
  const run = readRun({
    run_id: "a", name: "a", status: "running", attempt: 1, start_time: at(0), attempt_time: at(0), stages: STAGES, ...more,
  }); // prettier-ignore
  return timelineOf(run!, since)!;
}

/** Seconds of a bar on the axis: its start, its length, what is expected beyond. */
function seconds({ bars, marks }: Timeline, key: string): number[] {
  const [first, second] = marks;
  const whole = (second!.seconds - first!.seconds) / (second!.at - first!.at);
  const bar = bars.find((known) => known.key === key)!;
  return [bar.start - first!.at, bar.length, bar.expected].map((share) => Math.round(share * whole * 100) / 100);
}

const ends = ({ bars }: Timeline): number[] => bars.map((bar: TimeBar) => bar.start + bar.length + bar.expected);

describe("the timeline", () => {
  it("has each stage at its start, with a wait between two of them left free", () => {
    expect(seconds(timeline(), "load")).toEqual([0, 2, 0]);
    expect(seconds(timeline(), "train").slice(0, 2)).toEqual([3, 5]);
  });

  it("has what is to come behind what runs, as long as it is expected", () => {
    const [start, length, expected] = seconds(timeline(), "train");
    expect(expected).toBeGreaterThan(3);
    const [begin, none, likely] = seconds(timeline(), "test");
    expect(begin).toBeCloseTo(start! + length! + expected!, 1);
    expect([none, likely]).toEqual([0, 4]);
    expect(seconds(timeline(), "save").slice(1)).toEqual([0, 0]);
  });

  it("grows between two reports without a change of its axis", () => {
    const [now, later] = [timeline(), timeline({}, 2)];
    expect(later.marks).toEqual(now.marks);
    expect(seconds(later, "train")[1]).toBe(7);
    expect(Math.max(...ends(later))).toBeLessThanOrEqual(1);
  });

  it("has a wait before the beginning, by its length up to a fifth of the axis", () => {
    const short = timeline({ queued_time: at(-2) });
    expect(seconds(short, "wait")).toEqual([-2, 2, 0]);
    const long = timeline({ queued_time: at(-7200) });
    expect(long.bars[0]).toMatchObject({ kind: "wait", tookS: 7200, start: 0 });
    expect(long.bars[0]!.length).toBeCloseTo(0.2, 5);
    expect(timeline({ queued_time: at(-0.4) }).bars[0]!.kind).toBe("stage");
  });

  it("has earlier attempts by what they took, not the night between", () => {
    const stages = [{ ...STAGES[0], started_time: at(40_000) }, { ...STAGES[1], started_time: at(40_003), carried_s: 4 }];
    const resumed = timeline({ attempt: 2, attempt_time: at(40_000), earlier_s: 30, stages });
    expect(seconds(resumed, "earlier")).toEqual([0, 30, 0]);
    expect(seconds(resumed, "load")).toEqual([30, 2, 0]);
    expect(seconds(resumed, "train").slice(0, 2)).toEqual([33, 1]);
  });

  it("ends where an ended run ended, with nothing to come", () => {
    const stages = STAGES.map((stage) => ({ ...stage, status: "completed", started_time: at(0), elapsed_s: 8 }));
    const done = timeline({ status: "completed", stages }, 500);
    expect(Math.max(...ends(done))).toBeCloseTo(1, 6);
    expect(done.bars.every((bar) => bar.expected === 0)).toBe(true);
  });

  it.each([0.01, 0.7, 9.99, 61, 4000, 90_000, 3e7])("has some marks for %s seconds", (took) => {
    const stages = [{ id: "a", status: "running", started_time: at(0), elapsed_s: took }];
    const { marks } = timeline({ stages });
    expect(marks.length).toBeGreaterThan(1);
    expect(marks.length).toBeLessThan(8);
    expect(marks.every((mark) => mark.at >= 0 && mark.at <= 1 + 1e-9)).toBe(true);
  });

  it("is not there before a run has begun, or for one without stages", () => {
    expect(timelineOf(readRun({ run_id: "a", status: "queued", stages: STAGES })!, 0)).toBeNull();
    expect(timelineOf(readRun({ run_id: "a", status: "running", start_time: at(0), stages: [] })!, 0)).toBeNull();
  });
});
