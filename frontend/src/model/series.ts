/** A run's metrics as they grow: points appended in passing, and whole series fetched. */

import { number } from "./reading_fields";
import { thinned } from "./thinning";
import type { RunSeries } from "./view_state";
import type { Point, Series } from "./wire";

/** Of one series: more than the pixels of a chart's width. */
export const MOST_POINTS = 2000;
// Of all those of a run that nobody looks at: hundreds of metrics may come in passing.
const MOST_UNASKED = 40_000;
const FEWEST_UNASKED = 100;

const NONE: RunSeries = { series: {}, whole: new Set(), asked: new Set() };

/** A series by its name, which may be any text. */
export function pointsOf(series: Series | undefined, name: string): readonly Point[] {
  return series && Object.hasOwn(series, name) ? series[name]! : [];
}

/**
 * Append what a message brought. `from` names the last step before it: where that is not the last
 * step known here, some points were missed and the series has to be fetched again.
 */
export function appendSeries(
  known: RunSeries = NONE,
  added: Series,
  from: Record<string, unknown>,
): RunSeries {
  const series = new Map(Object.entries(known.series));
  const whole = new Set(known.whole);
  for (const [name, points] of Object.entries(added)) {
    const before = series.get(name);
    const last = before?.at(-1)?.[0] ?? null;
    const follows = Object.hasOwn(from, name) ? number(from[name]) : null;
    if (follows === null && before === undefined) whole.add(name);
    if (follows !== null && (last === null || follows > last)) whole.delete(name);
    series.set(name, [...(before ?? []), ...after(points, last)]);
  }
  const mostUnasked = Math.min(MOST_POINTS, Math.max(FEWEST_UNASKED, Math.floor(MOST_UNASKED / series.size)));
  for (const name of Object.keys(added)) {
    const points = series.get(name)!;
    const most = known.asked.has(name) ? MOST_POINTS : mostUnasked;
    if (points.length <= most) continue;
    series.set(name, thinned(points, most / 2));
    // Coarser than a chart can show: who looks at it has it fetched.
    if (most < MOST_POINTS) whole.delete(name);
  }
  return { series: Object.fromEntries(series), whole, asked: known.asked };
}

/** Take series that were fetched by their names, keeping the points that came in the meantime. */
export function fetchedSeries(known: RunSeries = NONE, fetched: Series, names: readonly string[]): RunSeries {
  const series = new Map(Object.entries(known.series));
  for (const name of names) {
    const whole = pointsOf(fetched, name);
    const since = after(pointsOf(known.series, name), whole.at(-1)?.[0] ?? null);
    const points = [...whole, ...since];
    series.set(name, points.length > MOST_POINTS ? thinned(points, MOST_POINTS / 2) : points);
  }
  return {
    series: Object.fromEntries(series),
    whole: new Set([...known.whole, ...names]),
    asked: new Set([...known.asked, ...names]),
  };
}

function after(points: readonly Point[], step: number | null): readonly Point[] {
  return step === null ? points : points.filter((point) => point[0] > step);
}
