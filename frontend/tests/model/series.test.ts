/** Metrics over their steps: appended, fetched, bounded. */

import { describe, expect, it } from "vitest";
import { readSeries } from "../../src/model/reading";
import { appendSeries, fetchedSeries, MOST_POINTS, pointsOf } from "../../src/model/series";
import { smoothed } from "../../src/model/smoothing";
import { thinned, valueAt, within } from "../../src/model/thinning";
import type { Point } from "../../src/model/wire";

const line = (count: number, value: (step: number) => number | null): Point[] =>
  Array.from({ length: count }, (_, step) => [step, value(step)]);

describe("metrics that come in passing", () => {
  it("are whole while each message goes on where the last one ended", () => {
    const first = appendSeries(undefined, { loss: [[1, 0.5]] }, { loss: null });
    const second = appendSeries(first, { loss: [[2, 0.6]], late: [[2, 1]] }, { loss: 1, late: null });
    expect(second.series).toEqual({ loss: [[1, 0.5], [2, 0.6]], late: [[2, 1]] }); // prettier-ignore
    expect([...second.whole]).toEqual(["loss", "late"]);
  });

  it("are known to be incomplete after a message that was missed, until fetched", () => {
    const first = appendSeries(undefined, { a: [[1, 0.5]], b: [[1, 1]] }, {});
    const later = appendSeries(first, { a: [[9, 0.9]] }, { a: 8 });
    expect([...later.whole]).toEqual(["b"]);
    const fetched = fetchedSeries(later, { a: [[1, 0.5], [5, 0.7], [8, 0.8]] }, ["a"]); // prettier-ignore
    expect(fetched.whole.has("a")).toBe(true);
    expect(fetched.series["a"]?.map((point) => point[0])).toEqual([1, 5, 8, 9]);
    expect(fetched.series["b"]).toEqual([[1, 1]]);
  });

  it("are whole, and empty, where the server has none", () => {
    const fetched = fetchedSeries(undefined, {}, ["live_score"]);
    expect(fetched.whole.has("live_score")).toBe(true);
    expect(pointsOf(fetched.series, "live_score")).toEqual([]);
  });

  it("stay bounded, keep the newest point and every spike", () => {
    let known = fetchedSeries(undefined, {}, ["a"]);
    for (let step = 0; step < 9000; step += 1) known = appendSeries(known, { a: [[step, step === 77 ? 9 : 0]] }, {});
    expect(known.series["a"]!.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(known.series["a"]!.at(-1)![0]).toBe(8999);
    expect(known.series["a"]).toContainEqual([77, 9]);
    expect(known.whole.has("a")).toBe(true);
  });

  it("stay bounded over hundreds that nobody looks at, which are fetched once somebody does", () => {
    const added = (step: number): Record<string, Point[]> =>
      Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`layer${index}`, [[step, 1] as Point]]));
    let known = fetchedSeries(undefined, {}, ["layer0"]);
    for (let step = 0; step < 300; step += 1) known = appendSeries(known, added(step), {});
    const points = Object.values(known.series).reduce((sum, series) => sum + series.length, 0);
    expect(points).toBeLessThan(45_000);
    expect(known.series["layer0"]).toHaveLength(300);
    expect([...known.whole]).toEqual(["layer0"]);
  });

  it("may have any name", () => {
    const added = JSON.parse('{"__proto__": [[1, 0.5]], "constructor": [[1, 2]]}') as Record<string, Point[]>;
    const known = appendSeries(appendSeries(undefined, {}, {}), added, {});
    expect(pointsOf(known.series, "__proto__")).toEqual([[1, 0.5]]);
    expect(pointsOf(known.series, "constructor")).toEqual([[1, 2]]);
    expect(pointsOf(known.series, "toString")).toEqual([]);
  });

  it("have gaps where a value was no number", () => {
    const read = readSeries({ a: [[1, 0.5], [2, null], [3, "NaN"], ["x", 1], [4, 1e300]] }); // prettier-ignore
    expect(read["a"]).toEqual([[1, 0.5], [2, null], [3, null], [4, 1e300]]); // prettier-ignore
  });
});

describe("thinning", () => {
  it("keeps the ends and the extremes, and a gap that is as long as a stretch", () => {
    const points = line(10_000, (step) => (step === 5000 ? 50 : step === 5001 ? -50 : step > 8000 && step < 9000 ? null : 1));
    const kept = thinned(points, 200);
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept[0]).toEqual([0, 1]);
    expect(kept.at(-1)).toEqual([9999, 1]);
    expect(kept).toContainEqual([5000, 50]);
    expect(kept).toContainEqual([5001, -50]);
    expect(kept.some((point) => point[1] === null)).toBe(true);
    expect(kept.map((point) => point[0])).toEqual(kept.map((point) => point[0]).sort((a, b) => a - b));
  });

  it("leaves what is few enough as it is", () => {
    const points = line(50, (step) => step);
    expect(thinned(points, 50)).toEqual(points);
  });
});

describe("a range of steps", () => {
  const points = line(100, (step) => step * 2);

  it("has a point more at each side, for the line runs on", () => {
    expect(within(points, 10.5, 12.5).map((point) => point[0])).toEqual([10, 11, 12, 13]);
    expect(within(points, -5, 500)).toBe(points);
  });

  it("has the newest value at a step", () => {
    expect(valueAt(points, 10.7)).toBe(20);
    expect(valueAt(points, -1)).toBeUndefined();
    expect(valueAt(points, 99.5)).toBe(198);
    expect(valueAt(points, 101)).toBeUndefined();
    expect(valueAt([[1, 3], [2, null]], 3)).toBeNull(); // prettier-ignore
    expect(valueAt([[4, 2]], 9)).toBe(2);
  });
});

describe("smoothing", () => {
  it("is not drawn to zero at its beginning", () => {
    const flat = smoothed(line(50, () => 7), 0.9); // prettier-ignore
    for (const [, value] of flat) expect(value).toBeCloseTo(7, 12);
  });

  it("is the weighted mean of what came before", () => {
    const [, second, third] = smoothed([[0, 0], [1, 1], [2, 4]], 0.5); // prettier-ignore
    expect(second![1]).toBeCloseTo(1 / 1.5, 12);
    expect(third![1]).toBeCloseTo((0.5 * 1 + 4) / 1.75, 12);
  });

  it("passes over gaps, and ends no line by them", () => {
    const values = smoothed([[0, 1], [1, null], [2, 1]], 0.6).map((point) => point[1]); // prettier-ignore
    expect(values[1]).toBeNull();
    expect(values[2]).toBeCloseTo(1, 12);
  });

  it("looks alike for a series and for a part of its points", () => {
    const noisy = (step: number): number => Math.sin(step / 300) + (step % 2 ? 0.3 : -0.3);
    const whole = smoothed(line(4000, noisy), 0.9);
    const part = smoothed(line(4000, noisy).filter((_, index) => index % 4 < 2), 0.9); // prettier-ignore
    for (const step of [1000, 2001, 3000]) {
      expect(valueAt(part, step)!).toBeCloseTo(valueAt(whole, step)!, 0.8);
    }
  });

  it("stands values of any size", () => {
    for (const [, value] of smoothed(line(20, (step) => (step % 2 ? 1e300 : -1e300)), 0.9)) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });
});
