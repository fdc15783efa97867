/**
 * The shape of a sparkline: samples to points of a box, with what is not known left open.
 *
 * An hour has more samples than a line has pixels. Of each column the lowest and the highest value are
 * drawn, so that no peak is lost; columns stand at whole multiples of their width since 1970, so that a
 * line that moves on does not tremble.
 */

import { isGap, type Sample } from "./health_history";

export interface Box {
  /** The stretch of time that is the box's width, in ms. */
  from: number;
  to: number;
  /** The value at the upper edge; the lower one is 0. */
  top: number;
  width: number;
  height: number;
}

export type Point = [x: number, y: number];

export function xOf(time: number, { from, to, width }: Pick<Box, "from" | "to" | "width">): number {
  return ((time - from) / (to - from)) * width;
}

export function yOf(value: number, { top, height }: Pick<Box, "top" | "height">): number {
  return height * (1 - Math.min(1, Math.max(0, value / top)));
}

/** The lines of a figure: one for each stretch in which it was known throughout. */
export function linesOf(samples: readonly Sample[], figure: string, box: Box, columns = box.width): Point[][] {
  const columnMs = (box.to - box.from) / columns;
  const lines: Point[][] = [];
  let line: Point[] = [];
  let column: Column | null = null;
  let before: Sample | undefined;
  const end = (): void => {
    if (column) line.push(...pointsOf(column, box));
    if (line.length) lines.push(line);
    [line, column] = [[], null];
  };
  for (const sample of samples) {
    const value = sample.values[figure] ?? null;
    if (value === null || isGap(before, sample)) end();
    before = value === null ? undefined : sample;
    if (value === null) continue;
    const number = Math.floor(sample.time / columnMs);
    const reading: Reading = { time: sample.time, value };
    if (column?.number === number) {
      column = extended(column, reading);
      continue;
    }
    if (column) line.push(...pointsOf(column, box));
    column = { number, first: reading, last: reading, low: reading, high: reading };
  }
  end();
  return lines;
}

interface Reading {
  time: number;
  value: number;
}

interface Column {
  number: number;
  first: Reading;
  last: Reading;
  low: Reading;
  high: Reading;
}

function extended(column: Column, reading: Reading): Column {
  const { low, high } = column;
  return {
    ...column,
    last: reading,
    low: reading.value < low.value ? reading : low,
    high: reading.value > high.value ? reading : high,
  };
}

/** What a column is drawn by, in the order of time. */
function pointsOf({ first, last, low, high }: Column, box: Box): Point[] {
  const readings = [...new Set([first, low, high, last])].sort((a, b) => a.time - b.time);
  return readings.map(({ time, value }) => [xOf(time, box), yOf(value, box)]);
}

const written = (value: number): string => String(Math.round(value * 100) / 100);

/** Lines as the path of an SVG; a stretch of one sample is a dot, which a line's round end draws. */
export function pathOf(lines: readonly Point[][]): string {
  return lines
    .map((line) => {
      const [[x, y], ...rest] = line as [Point, ...Point[]];
      const on = rest.length ? rest : [[x, y] as Point];
      return `M${written(x)} ${written(y)}L${on.map(([a, b]) => `${written(a)} ${written(b)}`).join(" ")}`;
    })
    .join("");
}

/** The area below lines. */
export function areaOf(lines: readonly Point[][], height: number): string {
  return lines
    .filter((line) => line.length > 1)
    .map((line) => {
      const [first, last] = [line[0]!, line.at(-1)!];
      const on = line.map(([x, y]) => `${written(x)} ${written(y)}`).join(" ");
      return `M${written(first[0])} ${height}L${on} ${written(last[0])} ${height}Z`;
    })
    .join("");
}

/** The upper edge of a figure that has no natural one: a little above what it came to, and its threshold. */
export function topOf(samples: readonly Sample[], figures: readonly string[], yellow: number | null): number {
  let highest = 0;
  for (const { values } of samples) {
    for (const figure of figures) highest = Math.max(highest, values[figure] ?? 0);
  }
  return Math.max(1.15 * highest, 1.25 * (yellow ?? 0)) || 1;
}

/** Even steps that a clock shows, at most so many of them in the box. */
export function ticksOf(from: number, to: number, most: number): number[] {
  const steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000);
  const step = steps.find((ms) => (to - from) / ms <= most) ?? steps.at(-1)!;
  const first = Math.ceil(from / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= to; at += step) ticks.push(at);
  return ticks;
}
