/** What a plot draws: the lines' points in columns over all their steps. */

import { thinned, within } from "./thinning";
import { placeOf, type Range, type Scale } from "./scales";
import type { Point } from "./wire";

/** Of each line the place at a step; null in a gap, undefined where only other lines have a point. */
export type Column = (number | null | undefined)[];

export interface Columns {
  steps: number[];
  places: Column[];
}

/** The points of a line that make a difference on so many pixels. */
export function drawnPoints(points: readonly Point[], zoom: Range | null, pixels: number): readonly Point[] {
  const shown = zoom === null ? points : within(points, zoom[0], zoom[1]);
  return shown.length > pixels ? thinned(shown, pixels) : shown;
}

/** The lines over all their steps; the last of several values at one step holds. */
export function columnsOf(lines: readonly (readonly Point[])[], scale: Scale): Columns {
  const steps = stepsOf(lines);
  const places = lines.map((points) => columnOf(points, steps, scale));
  return { steps, places };
}

function stepsOf(lines: readonly (readonly Point[])[]): number[] {
  const [first = []] = lines;
  const own = first.map((point) => point[0]);
  const isShared = lines.every(
    (points) => points === first || (points.length === own.length && points.every((point, at) => point[0] === own[at])),
  );
  if (isShared && own.every((step, at) => at === 0 || step > own[at - 1]!)) return own;
  const all = lines.flatMap((points) => points.map((point) => point[0]));
  const steps = Float64Array.from(all).sort();
  return Array.from(steps.filter((step, index) => index === 0 || step !== steps[index - 1]));
}

function columnOf(points: readonly Point[], steps: readonly number[], scale: Scale): Column {
  const column = new Array<number | null | undefined>(steps.length).fill(undefined);
  let at = 0;
  for (const [step, value] of points) {
    while (steps[at]! < step) at += 1;
    column[at] = value === null ? null : drawable(placeOf(value, scale));
  }
  return column;
}

/** The logarithm of what is not above zero has no place. */
function drawable(place: number): number | null {
  return Number.isFinite(place) ? place : null;
}

/** The least and the greatest value of lines; null where there is no number. */
export function extremesOf(lines: readonly (readonly Point[])[]): [least: number, greatest: number] | null {
  let least = Infinity;
  let greatest = -Infinity;
  for (const points of lines) {
    for (const [, value] of points) {
      if (value === null) continue;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
  return least <= greatest ? [least, greatest] : null;
}

/** The first and the last step of lines, a little apart where they are the same; null where there is none. */
export function stepRange(lines: readonly (readonly Point[])[]): Range | null {
  const firsts = lines.flatMap((points) => points.slice(0, 1).map((point) => point[0]));
  const lasts = lines.flatMap((points) => points.slice(-1).map((point) => point[0]));
  if (!firsts.length) return null;
  const [from, to] = [Math.min(...firsts), Math.max(...lasts)];
  return from < to ? [from, to] : [from - 1, to + 1];
}

/** How far a line goes up and down in all. */
export function roughness(column: Column): number {
  let sum = 0;
  let before: number | null = null;
  for (const place of column) {
    if (place === undefined) continue;
    if (place !== null && before !== null) sum += Math.abs(place - before);
    before = place;
  }
  return sum;
}

/** The places of a column that no line reaches: points alone between gaps. */
export function lonePoints(column: Column): number[] {
  const lone: number[] = [];
  let before = false;
  let candidate = -1;
  for (let at = 0; at < column.length; at += 1) {
    const place = column[at];
    if (place === undefined) continue;
    if (place === null) {
      if (candidate >= 0) lone.push(candidate);
      candidate = -1;
      before = false;
    } else {
      candidate = before ? -1 : at;
      before = true;
    }
  }
  if (candidate >= 0) lone.push(candidate);
  return lone;
}
