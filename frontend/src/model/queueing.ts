/** Why a queued run waits, as far as a view knows of the others. */

import type { ViewState } from "./view_state";
import { number } from "./reading_fields";
import type { RunState } from "./wire";

/** The server starts what is queued in this order. */
function isBefore(one: RunState, other: RunState): boolean {
  const [a, b] = [one.queued_time ?? "", other.queued_time ?? ""];
  return a === b ? one.run_id < other.run_id : a < b;
}

const runs = (howMany: number): string => (howMany === 1 ? "1 run" : `${howMany} runs`);

/** What a queued run waits for, as a sentence begins; empty for a run that is not queued. */
export function waitingWords(run: RunState, state: ViewState): string {
  if (run.status !== "queued") return "";
  if (run.kind !== "pipeline") return "Waits for its program to begin";
  const others = [...state.runs.values()].filter((other) => other.kind === "pipeline" && other.run_id !== run.run_id);
  const training = others.filter((other) => other.status === "running" || other.status === "stopping").length;
  const queued = others.filter((other) => other.status === "queued" && isBefore(other, run)).length;
  const atOnce = number(state.server["max_concurrent_runs"]);
  const free = atOnce === null ? 0 : Math.max(0, atOnce - training);
  if (training + queued === 0 || queued < free) return "Starts in a moment";
  const ahead = `Number ${queued + 1} in line: waits for ${runs(training + queued)} ahead of it`;
  return atOnce === null ? ahead : `${ahead}; ${atOnce} at a time is the server's setting`;
}

/** How long a run has waited, in seconds; null where nobody knows when it was queued. */
export function waitedSeconds(run: RunState, nowMs: number): number | null {
  const since = Date.parse(run.queued_time ?? "");
  return Number.isNaN(since) ? null : Math.max(0, (nowMs - since) / 1000);
}
