/** A run's live scores as they grow: points appended in passing, and whole series fetched. */

import type { RunSeries } from "./view_state";
import type { Point, Series } from "./wire";

const MAX_POINTS = 4000;

/**
 * Append what a message brought. `from` names the last step before it: where that is not the last
 * step known here, some points were missed and the series has to be fetched again.
 */
export function appendSeries(
  known: RunSeries | undefined,
  added: Series,
  from: Record<string, unknown>,
): RunSeries {
  const series: Series = { ...known?.series };
  let isWhole = known?.isWhole ?? true;
  for (const [name, points] of Object.entries(added)) {
    const before = series[name] ?? [];
    const last = before.at(-1)?.[0] ?? null;
    const follows = from[name] ?? null;
    if (typeof follows === "number" && (last === null || follows > last)) isWhole = false;
    series[name] = thinned([...before, ...after(points, last)]);
  }
  return { series, isWhole };
}

/** Take a fetched series, keeping the points that came in the meantime. */
export function fetchedSeries(known: RunSeries | undefined, fetched: Series): RunSeries {
  const series: Series = { ...fetched };
  for (const [name, points] of Object.entries(known?.series ?? {})) {
    const whole = fetched[name] ?? [];
    series[name] = thinned([...whole, ...after(points, whole.at(-1)?.[0] ?? null)]);
  }
  return { series, isWhole: true };
}

function after(points: Point[], step: number | null): Point[] {
  return step === null ? points : points.filter((point) => point[0] > step);
}

/** Every other point of a series that has grown beyond what a chart can show; the last one stays. */
function thinned(points: Point[]): Point[] {
  if (points.length <= MAX_POINTS) return points;
  return points.filter((_, index) => (points.length - 1 - index) % 2 === 0);
}
