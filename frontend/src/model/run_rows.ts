/** The rows of the history: what the server found, with what the stream has said since. */

import { hasEnded } from "./transitions";
import { begunTime, estimatorOf, mainScore, metricOf, type NamedScore } from "./run_facts";
import { fits, orderOf, type RunQuery } from "./run_query";
import type { RunState, RunStatus } from "./wire";

/** As little of a run as its row shows: of thousands the states would fill the memory. */
export interface RunRow {
  runId: string;
  name: string;
  status: RunStatus;
  tags: readonly string[];
  estimator: string;
  score: NamedScore | null;
  /** Of the metric that has a column. */
  metric: number | null;
  /** Seconds; null before it began. */
  duration: number | null;
  begun: string;
  hasNotes: boolean;
  /** 0–100 while it goes on. */
  progress: number | null;
}

export function rowOf(run: RunState, metric: string | null): RunRow {
  return {
    runId: run.run_id,
    name: run.name || run.run_id,
    status: run.status,
    tags: run.tags,
    estimator: estimatorOf(run),
    score: mainScore(run),
    metric: metric === null ? null : metricOf(run, metric),
    duration: run.elapsed_time,
    begun: begunTime(run),
    hasNotes: run.notes.trim() !== "",
    progress: hasEnded(run.status) || run.status === "queued" ? null : run.progress,
  };
}

/** What was found so far. */
export interface Found {
  rows: readonly RunRow[];
  /** How many the server has of it. */
  total: number;
  /** The place after the last; null: there is no more. */
  next: string | null;
}

export interface ShownRows {
  rows: readonly RunRow[];
  /** Of all that are found, those included that are not loaded yet. */
  total: number;
}

/**
 * The rows in their order: a run that changed shows it in its place and moves nowhere under the eye, one that
 * no longer fits goes, and a new one that fits comes where the order has it.
 */
export function shownRows(
  found: Found,
  live: ReadonlyMap<string, RunState>,
  gone: ReadonlySet<string>,
  query: RunQuery,
  metric: string | null,
): ShownRows {
  const known = new Set<string>();
  const rows: RunRow[] = [];
  for (const row of found.rows) {
    known.add(row.runId);
    const run = live.get(row.runId);
    if (gone.has(row.runId) || (run && !fits(run, query))) continue;
    rows.push(run ? rowOf(run, metric) : row);
  }
  const left = found.rows.length - rows.length;
  let added = 0;
  for (const run of live.values()) {
    if (known.has(run.run_id) || gone.has(run.run_id) || !fits(run, query)) continue;
    const row = rowOf(run, metric);
    const place = placeIn(rows, row, query);
    // Beyond what is loaded the server will tell of it, if it has not counted it already.
    if (place === rows.length && found.next !== null) continue;
    rows.splice(place, 0, row);
    added += 1;
  }
  return { rows, total: Math.max(rows.length, found.total - left + added) };
}

/** Where a row belongs. */
function placeIn(rows: readonly RunRow[], row: RunRow, query: RunQuery): number {
  const compare = comparing(query);
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(rows[middle]!, row) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The server's order; of names only nearly so, for its rules of numbers in them are its own. */
export function comparing(query: RunQuery): (a: RunRow, b: RunRow) => number {
  const { key, isDescending } = orderOf(query);
  const sign = isDescending ? -1 : 1;
  const newestFirst = (a: RunRow, b: RunRow): number => compareTexts(b.begun, a.begun) || compareTexts(b.runId, a.runId);
  if (key === "began") return (a, b) => -sign * newestFirst(a, b);
  if (key === "name") {
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    return (a, b) => sign * collator.compare(a.name, b.name) || newestFirst(a, b);
  }
  const value = (row: RunRow): number | null => {
    if (key === "duration") return row.duration;
    return key === "score" ? (row.score?.value ?? null) : row.metric;
  };
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || newestFirst(a, b);
    return sign * (x - y) || newestFirst(a, b);
  };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
