/** What is drawn of the machine's health: a row for each figure or pair of figures, in the reader's order. */

import { bytes, milliseconds, percentage } from "./format";
import type { HealthHistory } from "./health_history";
import type { Gauge, Health, Threshold } from "./wire";

export type Unit = "percent" | "seconds" | "bytes";

export interface HealthRow {
  id: string;
  title: string;
  unit: Unit;
  /** One line or two; the second is the fainter one. */
  figures: readonly { path: string; title: string }[];
}

const FIRST: readonly HealthRow[] = [
  { id: "cpu", title: "CPU", unit: "percent", figures: [{ path: "cpu.percent", title: "CPU" }] },
  { id: "memory", title: "Memory", unit: "percent", figures: [{ path: "memory.percent", title: "Memory" }] },
  { id: "swap", title: "Swap", unit: "percent", figures: [{ path: "swap.percent", title: "Swap" }] },
  { id: "disk", title: "Disk", unit: "percent", figures: [{ path: "disk.percent", title: "Disk" }] },
];

const LAST: readonly HealthRow[] = [
  {
    id: "event_loop_lag",
    title: "Event loop lag",
    unit: "seconds",
    figures: [{ path: "event_loop_lag", title: "Event loop lag" }],
  },
  responses("rest", "REST response"),
  responses("socket", "Socket response"),
  {
    id: "network",
    title: "Network",
    unit: "bytes",
    figures: [
      { path: "network.in", title: "in" },
      { path: "network.out", title: "out" },
    ],
  },
];

function responses(way: string, title: string): HealthRow {
  const [p95, p50] = [`response_times.${way}.p95`, `response_times.${way}.p50`];
  return {
    id: `response_times.${way}`,
    title,
    unit: "seconds",
    figures: [
      { path: p95, title: "p95" },
      { path: p50, title: "median" },
    ],
  };
}

/** Cards of the same make are told apart by their numbers. */
export function gpuTitle(index: number, count: number): string {
  return count > 1 ? `GPU ${index}` : "GPU";
}

function gpuRows(names: readonly string[]): HealthRow[] {
  return names.flatMap((name, index) => {
    const title = gpuTitle(index, names.length);
    return [
      { id: `gpu-${index}`, title, unit: "percent", figures: [{ path: `gpus.${index}.percent`, title: name }] },
      {
        id: `gpu-${index}-memory`,
        title: `${title} memory`,
        unit: "percent",
        figures: [{ path: `gpus.${index}.memory.percent`, title: `${name} memory` }],
      },
    ] as const;
  });
}

/** The rows of this machine: one without swap has none for it, nor has a card that never told a figure. */
export function rowsOf(history: HealthHistory, health: Health | null): HealthRow[] {
  const isTold = ({ figures }: HealthRow): boolean =>
    figures.some(({ path }) => history.samples.some(({ values }) => (values[path] ?? null) !== null));
  const gpus = gpuRows(history.gpus).filter(isTold);
  const first = FIRST.filter(({ id }) => id !== "swap" || health?.swap?.limit !== 0);
  return [...first, ...gpus, ...LAST];
}

export function valueWords(value: number | null, unit: Unit): string {
  if (unit === "percent") return percentage(value);
  if (unit === "seconds") return milliseconds(value);
  return value === null ? bytes(value) : `${bytes(value)}/s`;
}

/** "9.6 GB of 15.4 GB", "1.2 of 2 cores"; empty where nothing is known of it. */
export function amountWords(row: HealthRow, health: Health): string {
  const gauge = gaugeOf(row, health);
  if (!gauge || gauge.used === null) return "";
  if (row.id === "cpu") {
    const of = gauge.limit === null ? "" : ` of ${Number(gauge.limit.toFixed(1))}`;
    return `${gauge.used.toFixed(1)}${of} cores`;
  }
  return `${bytes(gauge.used)}${gauge.limit === null ? "" : ` of ${bytes(gauge.limit)}`}`;
}

function gaugeOf({ id }: HealthRow, health: Health): Gauge | null {
  const card = /^gpu-(\d+)-memory$/.exec(id);
  if (card) return health.gpus[Number(card[1])]?.memory ?? null;
  switch (id) {
    case "cpu":
    case "memory":
    case "swap":
    case "disk":
      return health[id];
    default:
      return null;
  }
}

/** "yellow from 80 %, red from 92 %"; empty for a figure that health is not judged by. */
export function limitWords(threshold: Threshold | undefined): string {
  if (!threshold) return "";
  const { yellow, red, unit, average_s } = threshold;
  const limits = [yellow !== null && `yellow from ${yellow}${unit}`, red !== null && `red from ${red}${unit}`];
  const words = limits.filter((limit) => limit !== false).join(", ");
  return words && average_s ? `${words}, on average over ${average_s} s` : words;
}

/** What health says of a figure: its reason to be yellow or red, or what is over the threshold at this moment. */
export function reasonOf(threshold: Threshold | undefined, health: Health): { words: string; isJudged: boolean } | null {
  if (!threshold) return null;
  const isOwn = (words: string): boolean => words.startsWith(`${threshold.title} `);
  const reason = health.reasons.find(isOwn);
  if (reason !== undefined) return { words: reason, isJudged: true };
  const remark = health.remarks.find(isOwn);
  return remark === undefined ? null : { words: remark, isJudged: false };
}
