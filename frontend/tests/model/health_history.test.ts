/** The hour of health: what is kept, what is a gap, and what it comes to in numbers. */

import { describe, expect, it } from "vitest";
import {
  isGap,
  joinedHistory,
  KEPT_MS,
  NO_HISTORY,
  readHistory,
  readThresholds,
  sampleAt,
  toldOf,
  withReport,
  type HealthHistory,
} from "../../src/model/health_history";
import { amountWords, limitWords, reasonOf, rowsOf } from "../../src/model/health_rows";
import { readHealth } from "../../src/model/reading_health";
import type { Health, Threshold } from "../../src/model/wire";

const START = Date.parse("2026-11-22T10:00:00.000Z");
const MEMORY: Threshold = {
  figure: "memory.percent", title: "memory", yellow: 80, red: 92, unit: " %", margin: 3, average_s: 0,
}; // prettier-ignore

function report(second: number, memory: number | null, more: Record<string, unknown> = {}): Health {
  const time = new Date(START + 1000 * second).toISOString();
  return readHealth({ status: "green", time, memory: { percent: memory, used: 8e9, limit: 16e9 }, ...more })!;
}

function history(values: [second: number, memory: number | null][]): HealthHistory {
  return values.reduce((known, [second, memory]) => withReport(known, report(second, memory)), NO_HISTORY);
}

const memoryOf = ({ samples }: HealthHistory): unknown[] => samples.map(({ values }) => values["memory.percent"]);

describe("the hour of health", () => {
  it("takes the server's columns and goes on with reports, each moment once", () => {
    const asked = readHistory({
      since: "2026-11-22T10:00:00.000Z",
      seconds: [0, 1, 2],
      figures: { "memory.percent": [10, 11, null], "gpus.0.percent": [null, 50, 60] },
      gpus: ["T4"],
    });
    const live = history([[1, 11], [2, 12], [3, 13]]); // prettier-ignore
    const joined = joinedHistory(asked, live);
    expect(joined.samples.map(({ time }) => (time - START) / 1000)).toEqual([0, 1, 2, 3]);
    expect(memoryOf(joined)).toEqual([10, 11, null, 13]);
    expect(joined.gpus).toEqual(["T4"]);
    expect(memoryOf(withReport(joined, report(3, 99)))).toEqual([10, 11, null, 13]);
  });

  it("keeps an hour, however long it goes on", () => {
    let known = NO_HISTORY;
    for (let second = 0; second < 5000; second += 2) known = withReport(known, report(second, second));
    expect(known.samples.at(-1)!.time - known.samples[0]!.time).toBe(KEPT_MS);
    expect(known.samples).toHaveLength(1801);
  });

  it("reads what is no history as none", () => {
    for (const answer of [null, {}, { since: "never", seconds: [1] }, { since: null, seconds: [] }, []]) {
      expect(readHistory(answer)).toEqual(NO_HISTORY);
    }
    const odd = { since: "2026-11-22T10:00:00Z", seconds: ["x", 1], figures: { "cpu.percent": "no" }, gpus: 3 };
    expect(readHistory(odd)).toEqual({ samples: [{ time: START + 1000, values: { "cpu.percent": null } }], gpus: [] });
  });

  it("knows a gap from a late sample", () => {
    const { samples } = history([[0, 1], [9, 1], [30, 1]]); // prettier-ignore
    expect(isGap(samples[0], samples[1])).toBe(false);
    expect(isGap(samples[1], samples[2])).toBe(true);
    expect(isGap(undefined, samples[0])).toBe(false);
  });

  it("reads the nearest sample, and none in the middle of a gap", () => {
    const { samples } = history([[0, 1], [1, 2], [60, 3]]); // prettier-ignore
    const read = (second: number): unknown => sampleAt(samples, START + 1000 * second)?.values["memory.percent"];
    expect([read(-1), read(0.4), read(0.6), read(5.9), read(30), read(57), read(100)]).toEqual([
      1, 1, 2, 2, undefined, 3, undefined,
    ]);
    expect(sampleAt([], START)).toBeNull();
  });

  it("sums up: how long a figure was over its threshold counts no gap", () => {
    const { samples } = history([[0, 50], [2, 80], [4, 95], [6, null], [60, 90], [62, 60]]); // prettier-ignore
    expect(toldOf(samples, "memory.percent", MEMORY)).toEqual({
      now: 60, lowest: 50, average: 75, highest: 95, over_s: 4,
    }); // prettier-ignore
    expect(toldOf(samples, "memory.percent", undefined).over_s).toBeNull();
    expect(toldOf([], "memory.percent", MEMORY)).toEqual({
      now: null, lowest: null, average: null, highest: null, over_s: 0,
    }); // prettier-ignore
  });
});

describe("the rows of a machine", () => {
  const cards = [
    { name: "A100", percent: 10, memory: { percent: 5, used: 2e9, limit: 4e10 } },
    { name: "A100", percent: 20, memory: null },
  ];

  it("leave out swap where there is none, and what a card does not tell", () => {
    const health = report(0, 50, { gpus: cards, swap: { percent: 0, used: 0, limit: 0 } });
    const rows = rowsOf(withReport(NO_HISTORY, health), health);
    expect(rows.map(({ title }) => title)).toEqual([
      "CPU", "Memory", "Disk", "GPU 0", "GPU 0 memory", "GPU 1", "Event loop lag", "REST response",
      "Socket response", "Network",
    ]); // prettier-ignore
    expect(amountWords(rows.find(({ title }) => title === "GPU 0 memory")!, health)).toBe("2.00 GB of 40.0 GB");
    expect(amountWords(rows[1]!, health)).toBe("8.00 GB of 16.0 GB");
  });

  it("say when a figure turns, as the server says it", () => {
    expect(limitWords(MEMORY)).toBe("yellow from 80 %, red from 92 %");
    const cpu = { ...MEMORY, title: "CPU", yellow: 97, red: null, average_s: 30 };
    expect(limitWords(cpu)).toBe("yellow from 97 %, on average over 30 s");
    expect(limitWords({ ...cpu, yellow: null })).toBe("");
    expect(readThresholds([MEMORY, { title: "no figure" }, 3])).toEqual([MEMORY]);
  });

  it("give each reason to its figure, and tell it from what is over at this moment only", () => {
    const reasons = ["memory at 84 % (yellow from 80 %)"];
    const remarks = ["CPU is at 100 % now; it is judged by its average over 30 s"];
    const health = { ...report(0, 84), reasons, remarks };
    expect(reasonOf(MEMORY, health)).toEqual({ words: reasons[0], isJudged: true });
    expect(reasonOf({ ...MEMORY, title: "CPU" }, health)).toEqual({ words: remarks[0], isJudged: false });
    expect(reasonOf({ ...MEMORY, title: "mem" }, health)).toBeNull();
    expect(reasonOf(undefined, health)).toBeNull();
  });
});
