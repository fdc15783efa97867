/**
 * A smoothed line: an exponential moving average without the pull of its beginning.
 *
 * Every value is divided by the sum of the weights that it is made of, as TensorBoard does. What came
 * before fades with the distance in steps and not with the number of points, so that a series of
 * which only some points are known is as smooth as the whole of it.
 */

import type { Point } from "./wire";

/** Beyond this many points a chart has fewer columns than points, and they may be any selection. */
const FINEST = 1000;

/** @param weight How much of the value before stays from one point to the next, 0–1; 0: none. */
export function smoothed(points: readonly Point[], weight: number): Point[] {
  if (weight <= 0 || points.length < 3) return [...points];
  const unit = unitOf(points);
  let sum = 0;
  let weights = 0;
  let before = points[0]![0];
  return points.map(([step, value]): Point => {
    if (value === null) return [step, null];
    const stays = weight ** Math.max(0, (step - before) / unit);
    before = step;
    sum = sum * stays + value * (1 - weight);
    weights = weights * stays + (1 - weight);
    return [step, sum / weights];
  });
}

/** The distance from a point to the next: the usual one, and no less than a thousandth of all. */
function unitOf(points: readonly Point[]): number {
  const distances = points.slice(1).map((point, index) => point[0] - points[index]![0]);
  distances.sort((a, b) => a - b);
  const usual = distances[distances.length >> 1]!;
  const span = points.at(-1)![0] - points[0]![0];
  return Math.max(usual, span / FINEST) || 1;
}
