/**
 * The axes of a chart: which range they show, where their marks are and what is written at them.
 *
 * Values are drawn by their place: a logarithm, or the value in a unit of its size. Places are always
 * of a size that can be reckoned with, be the values 1e300 or 1e-300.
 */

export type Range = readonly [from: number, to: number];

export interface Scale {
  isLog: boolean;
  /** A linear scale counts in this. */
  unit: number;
}

const PADDING = 0.06;
const LARGE = 1e100;

/** The scale for values of which these are the least and the greatest. */
export function scaleFor(least: number, greatest: number, isLog: boolean): Scale {
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const isUsual = size === 0 || (size < LARGE && size > 1 / LARGE);
  return { isLog, unit: isLog || isUsual ? 1 : powerOfTen(Math.floor(Math.log10(size))) };
}

/** 10 ** -324 is 0, and 10 ** 309 is Infinity. */
function powerOfTen(exponent: number): number {
  return Number(`1e${Math.min(307, Math.max(-307, exponent))}`);
}

export function placeOf(value: number, { isLog, unit }: Scale): number {
  return isLog ? Math.log10(value) : value / unit;
}

export function valueOf(place: number, { isLog, unit }: Scale): number {
  return isLog ? 10 ** place : place * unit;
}

/** The places to show of a scale, with some room above and below. */
export function rangeOf(least: number, greatest: number, scale: Scale): Range {
  const [from, to] = [placeOf(least, scale), placeOf(greatest, scale)];
  if (from === to) {
    const room = scale.isLog ? 0.5 : Math.abs(from) * 0.1 || 1;
    return [from - room, to + room];
  }
  const room = (to - from) * PADDING;
  return [from - room, to + room];
}

/** 1, 2 or 5 times a power of ten. */
export function niceStep(span: number, most: number): number {
  const rough = span / Math.max(1, most);
  const power = powerOfTen(Math.floor(Math.log10(rough)));
  const times = rough / power;
  return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

/** The marks of a linear range, at most so many; whole ones where all that is shown is whole. */
export function linearMarks([from, to]: Range, most: number, isWhole = false): number[] {
  if (!(to > from)) return [];
  let step = niceStep(to - from, most);
  if (isWhole) step = Math.max(1, Math.round(step));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // By multiplication, for a sum of tenths drifts: 0.30000000000000004.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => tidy((first + index) * step));
}

function tidy(value: number): number {
  return Number(value.toPrecision(12)) || 0;
}

/** The places of a scale's marks. */
export function marksOf(range: Range, scale: Scale, most: number): number[] {
  if (!scale.isLog) return linearMarks(range, most);
  const decades = range[1] - range[0];
  if (decades >= most) return linearMarks(range, most, true);
  if (decades >= 1) {
    const times = decades * 3 <= most ? [1, 2, 5] : [1];
    const first = Math.floor(range[0]);
    const whole = Array.from({ length: Math.ceil(decades) + 2 }, (_, index) => first + index);
    const marks = whole.flatMap((decade) => times.map((n) => decade + Math.log10(n)));
    return marks.filter((mark) => mark >= range[0] && mark <= range[1]);
  }
  // Within a decade: even values, at the places where a logarithm has them.
  const unit = powerOfTen(Math.floor(range[0]));
  const values = linearMarks([10 ** range[0] / unit, 10 ** range[1] / unit], most);
  return values.filter((value) => value > 0).map((value) => Math.log10(value) + Math.log10(unit));
}

/** What is written at marks: as many digits as tell each from the next. */
export function markWords(values: readonly number[]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const size = Math.max(...sorted.map(Math.abs), 0);
  const apart = Math.min(...sorted.slice(1).map((value, index) => value - sorted[index]!), size || 1);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return values.map((value) => powerWords(value, size, apart));
  const digits = Math.min(6, Math.max(0, -Math.floor(Math.log10(apart) + 1e-9)));
  return values.map((value) => (isDecade(values) ? String(tidy(value)) : value.toFixed(digits)));
}

/** Marks at powers of ten are each written by itself: 0.01, 1, 100. */
function isDecade(values: readonly number[]): boolean {
  return values.length > 1 && values.every((value) => value > 0 && isNearWhole(Math.log10(value)));
}

function isNearWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}

function powerWords(value: number, size: number, apart: number): string {
  if (value === 0) return "0";
  if (value === 1) return "1";
  const isEach = value > 0 && apart / size < 1e-3; // of a logarithmic axis
  const digits = isEach ? 0 : Math.min(3, Math.max(0, Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(apart) + 1e-9)));
  return value.toExponential(digits).replace("e+", "e").replace(/\.?0+e/, "e");
}

/** A step at an axis: `800`, `12k`, `1.5M`. */
export function stepMark(step: number): string {
  const size = Math.abs(step);
  for (const [least, unit] of [[1e9, "G"], [1e6, "M"], [1e4, "k"]] as const) {
    if (size >= least) return `${tidy(step / (unit === "k" ? 1e3 : least))}${unit}`;
  }
  return String(tidy(step));
}

/** A measured value in a line of words, always in about as many digits: `0.9750`, `12.35`, `1.235e-5`. */
export function valueWords(value: number | null | undefined): string {
  if (value === null) return "no number";
  if (value === undefined) return "–";
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 1e-3 || size >= 1e6) return value.toExponential(3).replace("e+", "e");
  return value.toFixed(size < 10 ? 4 : size < 100 ? 3 : size < 1000 ? 2 : size < 1e5 ? 1 : 0);
}
