/** Figures as a person reads them. Estimates carry "~"; what is not known is said so. */

import type { ReturnedValue, RunState } from "./wire";

export const UNKNOWN = "–";

/** What is larger is not counted, and would fill lines with its digits. */
const LARGEST_COUNT = 1e15;

// Made once: a page writes hundreds of figures in a frame.
const GROUPED = new Intl.NumberFormat("en-US");
const TO_SECOND = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const TO_MINUTE = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });

/**
 * `8 s`, `42 s`, `3 min 05 s`, `2 h 10 min`, `4 d 3 h`; precisely also `<0.01 s`, `0.45 s`, `8.4 s`,
 * by the rule of the core's `durations.py`.
 */
export function duration(seconds: number | null, precise = false): string {
  if (seconds === null) return UNKNOWN;
  const at = Math.max(0, seconds);
  // Rounded by hand, for Python and JavaScript write a half differently.
  const hundredths = Math.floor(at * 100 + 0.5);
  const tenths = Math.floor(at * 10 + 0.5);
  if (precise && at < 0.01) return "<0.01 s";
  if (precise && hundredths < 100) return `${(hundredths / 100).toFixed(2)} s`;
  if (precise && tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.max(precise ? 10 : 0, Math.floor(at));
  if (whole < 60) return `${whole} s`;
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const hours = Math.floor(whole / 3600);
  if (hours < 48) return `${hours} h ${pad(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A time left, rounded as roughly as it is known. */
export function roughly(seconds: number): string {
  if (seconds < 60) return `~${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 600) {
    const tens = Math.round(seconds / 10) * 10;
    const rest = tens % 60;
    return `~${Math.floor(tens / 60)} min${rest ? ` ${rest} s` : ""}`;
  }
  if (seconds < 3600) return `~${Math.round(seconds / 60)} min`;
  const minutes = Math.round(seconds / 60);
  return `~${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A range of a time left: `~6 to 9 s`, `~50 s to 3 min`, `~1.5 to 2.5 h`; one figure where both are the same.
 * The unit is that of its end, so that it is short at any length.
 */
export function roughRange(low: number, high: number): string {
  const [from, to] = [roughPart(Math.max(0, low)), roughPart(Math.max(low, high))];
  if (from.join() === to.join()) return `~${to.join(" ")}`;
  return from[1] === to[1] ? `~${from[0]} to ${to.join(" ")}` : `~${from.join(" ")} to ${to.join(" ")}`;
}

function roughPart(seconds: number): [amount: string, unit: string] {
  if (seconds < 90) return [String(Math.max(1, Math.round(seconds))), "s"];
  if (seconds < 5400) return [String(Math.round(seconds / 60)), "min"];
  if (seconds < 172_800) return [(seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0), "h"];
  return [String(Math.round(seconds / 86_400)), "d"];
}

/** How long ago, in the coarsest words that still move. */
export function ago(seconds: number): string {
  const at = Math.max(0, Math.floor(seconds));
  if (at < 60) return `${at} s ago`;
  if (at < 3600) return `${Math.floor(at / 60)} min ago`;
  if (at < 48 * 3600) return `${Math.floor(at / 3600)} h ago`;
  return `${Math.floor(at / 86400)} d ago`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

export function bytes(value: number | null): string {
  if (value === null) return UNKNOWN;
  let at = Math.max(0, value);
  let unit = 0;
  while (at >= 1000 && unit < UNITS.length - 1) {
    at /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || at >= 100 ? 0 : at >= 10 ? 1 : 2;
  return `${at.toFixed(digits)} ${UNITS[unit]}`;
}

export function count(value: number | null): string {
  return value === null ? UNKNOWN : GROUPED.format(Math.round(value));
}

/** A rate a second, in three digits. */
export function rate(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M/s`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k/s`;
  return `${count(value)}/s`;
}

export function percentage(value: number | null, digits = 0): string {
  return value === null ? UNKNOWN : `${value.toFixed(digits)} %`;
}

/** A share of 1 as a percentage. */
export function share(value: number | null, digits = 1): string {
  return value === null ? UNKNOWN : `${(value * 100).toFixed(digits)} %`;
}

export function milliseconds(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  const at = seconds * 1000;
  return at < 10 ? `${at.toFixed(1)} ms` : `${at.toFixed(0)} ms`;
}

export function figure(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(figure).join(", ");
  if (typeof value !== "number") return UNKNOWN;
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < LARGEST_COUNT) return count(value);
  return size >= 1000 || size < 1e-4 ? value.toPrecision(4) : value.toFixed(4);
}

/** A metric with its name; the unit that the name carries is used to write it. */
export function metricWords(name: string, value: unknown): string {
  const at = typeof value === "number" ? value : null;
  if (name.endsWith("_s") && at !== null) return `${nameOf(name.slice(0, -2))} ${duration(at, true)}`;
  if (name.endsWith("_bytes") && at !== null) return `${nameOf(name.slice(0, -6))} ${bytes(at)}`;
  return `${nameOf(name)} ${figure(value)}`;
}

const NAMES: Record<string, string> = {
  accuracy: "Accuracy",
  balanced_accuracy: "Balanced accuracy",
  f1_macro: "F1 (macro)",
  r2: "R²",
  mae: "MAE",
  rmse: "RMSE",
};

export function nameOf(metric: string): string {
  const words = metric.replaceAll("_", " ");
  const known = Object.hasOwn(NAMES, metric) ? NAMES[metric] : undefined;
  return known ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The one figure of a finished run that a person asks for first. */
export function headline(run: RunState): string | null {
  const test = run.result?.test;
  for (const metric of ["accuracy", "r2"]) {
    const value = test?.[metric];
    if (typeof value !== "number") continue;
    const rows = run.result?.rows?.test;
    const on = rows ? ` on ${count(rows)} test rows` : "";
    return `${nameOf(metric)} ${value.toFixed(4)}${on}`;
  }
  return returned(run.result?.value ?? null);
}

/** What a function gave back, in a few words; null where that was nothing. */
export function returned(value: ReturnedValue | null): string | null {
  if (!value || value.type === "NoneType") return null;
  if (value.shown !== null) return `Returned ${value.shown}`;
  const kind = value.type.slice(value.type.lastIndexOf(".") + 1);
  return `Returned ${/^[aeio]/i.test(kind) ? "an" : "a"} ${kind}${value.problem ? ", which is not kept" : ""}`;
}

/** A moment as this reader's clock says it, to the second or the minute; with the day where it is not today. */
export function clock(iso: string, now: number, to: "second" | "minute" = "second"): string {
  // The same moments are told with every frame, and dates are slow to write.
  const key = `${iso} ${to} ${Math.floor(now / 60_000)}`;
  const known = toldMoments.get(key);
  if (known !== undefined) return known;
  if (toldMoments.size >= MOMENTS_KEPT) toldMoments.clear();
  const words = momentWords(iso, now, to);
  toldMoments.set(key, words);
  return words;
}

const MOMENTS_KEPT = 1000;
const toldMoments = new Map<string, string>();

function momentWords(iso: string, now: number, to: "second" | "minute"): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const time = (to === "second" ? TO_SECOND : TO_MINUTE).format(at);
  if (new Date(now).toDateString() === at.toDateString()) return time;
  return `${at.toLocaleDateString([], { month: "short", day: "numeric" })} ${time}`;
}
