/** Fewer points that look the same: the first, the last, and the extremes of what is between. */

import type { Point } from "./wire";

/**
 * At most about `most` points of a series. A stretch is stood for by its least and its greatest, so
 * that no spike is lost, and by a gap where all of it is one.
 */
export function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= Math.max(4, most)) return [...points];
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const inner = points.length - 2;
  const kept: Point[] = [points[0]!];
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const begin = 1 + Math.floor((stretch * inner) / stretches);
    const end = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    keepExtremes(points, begin, end, kept);
  }
  kept.push(points.at(-1)!);
  return kept;
}

function keepExtremes(points: readonly Point[], begin: number, end: number, kept: Point[]): void {
  let least = -1;
  let greatest = -1;
  for (let at = begin; at < end; at += 1) {
    const value = points[at]![1];
    if (value === null) continue;
    if (least < 0 || value < points[least]![1]!) least = at;
    if (greatest < 0 || value > points[greatest]![1]!) greatest = at;
  }
  if (least < 0) {
    if (begin < end) kept.push(points[begin]!);
    return;
  }
  kept.push(points[Math.min(least, greatest)]!);
  if (least !== greatest) kept.push(points[Math.max(least, greatest)]!);
}

/** The points of a range of steps, with one more at each side: a line runs on to the edge. */
export function within(points: readonly Point[], from: number, to: number): readonly Point[] {
  const begin = Math.max(0, firstAfter(points, from, false) - 1);
  const end = Math.min(points.length, firstAfter(points, to, true) + 1);
  return begin === 0 && end === points.length ? points : points.slice(begin, end);
}

/** Where the first point is that lies at a step or beyond; `isBeyond`: only beyond it. */
function firstAfter(points: readonly Point[], step: number, isBeyond: boolean): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = points[middle]![0];
    if (isBeyond ? at <= step : at < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The newest value at a step or before it, null in a gap; undefined where the series had not begun, or is
 * over: further beyond its end than from one of its points to the next.
 */
export function valueAt(points: readonly Point[], step: number): number | null | undefined {
  const next = firstAfter(points, step, true);
  const point = points[next - 1];
  if (!point || next < points.length || next < 2) return point?.[1];
  return step - point[0] > point[0] - points[next - 2]![0] ? undefined : point[1];
}
