/** What the status item says of all that a view knows: what runs, how far, how long it takes, the health. */

import { roughRange } from "../model/format";
import { percent } from "../model/guessed";
import { goingOn, isAtWork } from "../model/order";
import { placeWords } from "../model/queueing";
import type { Health, RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";

export interface StatusWords {
  /** Nothing is known of a server, so nothing stands in the bar. */
  isHidden: boolean;
  /** What is shown may have changed since. */
  isStale: boolean;
  health: Health["status"] | null;
  /** What runs; null: nothing does. */
  run: { runId: string; name: string; percent: string; progress: number | null; left: string; isStalled: boolean } | null;
  /** How many more go on. */
  more: string;
  /** Everything in words. */
  title: string;
}

const HEALTH_WORDS = { green: "Machine healthy", yellow: "Machine strained", red: "Machine critical" } as const;
const NAME_LENGTH = 24;

interface Shown {
  view: FeedView;
  /** Where the run's bar is, on every view of the page. */
  progressOf(run: RunState): number;
  /** Seconds since it was heard. */
  sinceOf(run: RunState): number;
}

function leftOf(run: RunState, since: number): string {
  if (run.stalled) return "stalled";
  if (run.status === "stopping") return "stopping";
  if (run.estimated_remaining === null) return "";
  const [low, high] = run.estimated_range ?? [run.estimated_remaining, run.estimated_remaining];
  return `${roughRange(low - since, high - since)} left`;
}

function healthWords(health: Health | null): string {
  if (!health) return "";
  const reasons = health.status === "green" ? "" : `: ${health.reasons.join("; ")}`;
  return HEALTH_WORDS[health.status] + reasons;
}

function cut(name: string): string {
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
}

export function statusWords({ view, progressOf, sinceOf }: Shown): StatusWords {
  const { state, feeding } = view;
  const { connection } = feeding;
  const isStale = connection !== "live" && connection !== "polling";
  const active = goingOn(state.runs.values());
  const first = active[0];
  const run = first && first.status !== "queued" ? first : null;
  const lines: string[] = [];
  if (isStale) lines.push(staleWords(connection));
  const shown = run && {
    runId: run.run_id,
    name: cut(run.name || run.run_id),
    // No figure that stands still passes for a current one.
    percent: isStale ? "" : percent(run, progressOf(run)),
    progress: isStale ? null : progressOf(run),
    left: isStale ? (connection === "denied" ? "denied" : "offline") : leftOf(run, sinceOf(run)),
    isStalled: run.stalled !== null,
  };
  if (run && shown) lines.push([run.name || run.run_id, shown.percent, shown.left].filter(Boolean).join(", "));
  for (const other of active.filter((known) => known !== run).slice(0, 5)) lines.push(otherWords(other));
  if (!active.length && !isStale) lines.push("No training is going on");
  if (!isStale) lines.push(healthWords(state.health));
  const others = active.length - (run ? 1 : 0);
  return {
    isHidden: connection === "absent" || (connection === "connecting" && state.logId === null),
    isStale,
    health: isStale ? null : (state.health?.status ?? null),
    run: shown,
    more: others ? (run ? `+${others}` : `${others} queued`) : "",
    title: lines.filter(Boolean).join("\n"),
  };
}

function staleWords(connection: FeedView["feeding"]["connection"]): string {
  return connection === "denied"
    ? "The server refuses this page: log in again"
    : "The server does not answer; what is shown may have changed since";
}

function otherWords(run: RunState): string {
  const name = run.name || run.run_id;
  if (isAtWork(run)) return `${name}, ${percent(run)}`;
  return `${name}, ${run.queue_place === null ? "queued" : placeWords(run.queue_place)}`;
}
