/** The machine over the last hour: the figures that its health is judged by, sample after sample. */

import { fields, items, number, text, texts } from "./reading_fields";
import type { Health, Threshold } from "./wire";

/** What is kept, however long a page stays open. */
export const KEPT_MS = 3_600_000;
/** Samples come every second or two; where none came for this long, nothing is known of what was between. */
export const GAP_MS = 10_000;

export interface Sample {
  /** The server's clock, in ms. */
  time: number;
  /** By the path of a figure, such as `memory.percent` or `gpus.0.percent`. */
  values: Readonly<Record<string, number | null>>;
}

export interface HealthHistory {
  /** In rising order of time. */
  samples: readonly Sample[];
  /** The names of the graphics cards that there were. */
  gpus: readonly string[];
}

export const NO_HISTORY: HealthHistory = { samples: [], gpus: [] };

/** Where a figure turns, as the server tells it; nothing of a server that does not. */
export function readThresholds(value: unknown): Threshold[] {
  return items(value).flatMap((item) => {
    const from = fields(item);
    const figure = text(from["figure"]);
    if (figure === null) return [];
    return [
      {
        figure,
        title: text(from["title"]) ?? figure,
        yellow: number(from["yellow"]),
        red: number(from["red"]),
        unit: text(from["unit"]) ?? "",
        margin: number(from["margin"]) ?? 0,
        average_s: number(from["average_s"]) ?? 0,
      },
    ];
  });
}

/** An answer of `GET health/history?form=columns`. */
export function readHistory(answer: unknown): HealthHistory {
  const from = fields(answer);
  const since = Date.parse(text(from["since"]) ?? "");
  if (Number.isNaN(since)) return NO_HISTORY;
  const columns = Object.entries(fields(from["figures"])).map(([path, values]) => [path, items(values)] as const);
  const samples = items(from["seconds"]).flatMap((seconds, index): Sample[] => {
    const after = number(seconds);
    if (after === null) return [];
    const values: Record<string, number | null> = {};
    for (const [path, column] of columns) values[path] = number(column[index]);
    return [{ time: since + 1000 * after, values }];
  });
  return kept({ samples: inOrder(samples), gpus: texts(from["gpus"]) });
}

const GAUGES = ["cpu", "memory", "swap", "disk"] as const;

/** The figures of a report, by the same paths as the server's columns; null where it has no time. */
export function sampleOf(health: Health): Sample | null {
  const time = Date.parse(health.time ?? "");
  if (Number.isNaN(time)) return null;
  const values: Record<string, number | null> = {};
  for (const name of GAUGES) values[`${name}.percent`] = health[name]?.percent ?? null;
  values["event_loop_lag"] = health.event_loop_lag;
  for (const [way, latency] of Object.entries(health.response_times)) {
    values[`response_times.${way}.p50`] = latency.p50;
    values[`response_times.${way}.p95`] = latency.p95;
  }
  values["network.in"] = health.network?.in ?? null;
  values["network.out"] = health.network?.out ?? null;
  health.gpus.forEach((gpu, index) => {
    values[`gpus.${index}.percent`] = gpu.percent;
    values[`gpus.${index}.memory.percent`] = gpu.memory?.percent ?? null;
  });
  return { time, values };
}

/** With the newest report; one that is known already, or older, changes nothing. */
export function withReport(history: HealthHistory, health: Health): HealthHistory {
  const sample = sampleOf(health);
  const last = history.samples.at(-1);
  if (!sample || (last && sample.time <= last.time)) return history;
  const names = health.gpus.map((gpu) => gpu.name);
  const gpus = names.length >= history.gpus.length ? names : history.gpus;
  return kept({ samples: [...history.samples, sample], gpus });
}

/** What was asked for, and what came meanwhile: each moment once. */
export function joinedHistory(asked: HealthHistory, known: HealthHistory): HealthHistory {
  const samples = inOrder([...known.samples, ...asked.samples]);
  const gpus = known.gpus.length >= asked.gpus.length ? known.gpus : asked.gpus;
  return kept({ samples, gpus });
}

/** Whether nothing is known of what lies between two samples: this page slept, or was cut off. */
export function isGap(before: Sample | undefined, after: Sample | undefined): boolean {
  return before !== undefined && after !== undefined && after.time - before.time > GAP_MS;
}

function inOrder(samples: readonly Sample[]): Sample[] {
  const byTime = new Map(samples.map((sample) => [sample.time, sample]));
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

function kept(history: HealthHistory): HealthHistory {
  const { samples } = history;
  const newest = samples.at(-1)?.time ?? 0;
  const from = samples.findIndex((sample) => sample.time >= newest - KEPT_MS);
  return from > 0 ? { ...history, samples: samples.slice(from) } : history;
}

/** The samples of a stretch of time. */
export function within(history: HealthHistory, from: number, to: number): Sample[] {
  return history.samples.filter((sample) => sample.time >= from && sample.time <= to);
}

/** The sample nearest to a moment; null where none was taken about then. */
export function sampleAt(samples: readonly Sample[], time: number): Sample | null {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  const near = [samples[low - 1], samples[low]].filter((sample) => sample !== undefined);
  near.sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time));
  const nearest = near[0];
  return nearest && Math.abs(nearest.time - time) <= GAP_MS / 2 ? nearest : null;
}

export interface Told {
  now: number | null;
  lowest: number | null;
  average: number | null;
  highest: number | null;
  /** How long it was at its threshold or above, in seconds; null: it has none. */
  over_s: number | null;
}

/** What a figure did in a stretch of time, in numbers. */
export function toldOf(samples: readonly Sample[], figure: string, threshold: Threshold | undefined): Told {
  const limit = threshold?.yellow ?? threshold?.red ?? null;
  let [sum, count, over_s, lowest, highest] = [0, 0, 0, Infinity, -Infinity];
  samples.forEach((sample, index) => {
    const value = sample.values[figure] ?? null;
    if (value === null) return;
    sum += value;
    count += 1;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    const before = samples[index - 1];
    // A sample stands for the time since the one before it.
    if (limit !== null && value >= limit && before && !isGap(before, sample)) over_s += (sample.time - before.time) / 1000;
  });
  const isKnown = count > 0;
  return {
    now: samples.at(-1)?.values[figure] ?? null,
    lowest: isKnown ? lowest : null,
    average: isKnown ? sum / count : null,
    highest: isKnown ? highest : null,
    over_s: limit === null ? null : over_s,
  };
}
