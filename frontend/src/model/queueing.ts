/** Why a queued run waits, as far as a view knows of the others. */

import { count } from "./format";
import { hasKeeper } from "./kinds";
import { goingOn, isAtWork } from "./order";
import { number } from "./reading_fields";
import { withEntry, type ViewState } from "./view_state";
import type { RunState } from "./wire";

/** The runs with their places in the queue, 1 for the next one; null outside of it. */
export function inLine(known: ReadonlyMap<string, RunState>): ReadonlyMap<string, RunState> {
  const line = goingOn(known.values()).filter((run) => run.status === "queued" && hasKeeper(run));
  const places = new Map(line.map((run, index) => [run.run_id, index + 1]));
  const moved = [...known.values()].filter((run) => run.queue_place !== (places.get(run.run_id) ?? null));
  if (!moved.length) return known;
  const all = new Map(known);
  for (const run of moved) all.set(run.run_id, { ...run, queue_place: places.get(run.run_id) ?? null });
  return all;
}

/** "next in the queue", "2nd in the queue", "21st in the queue". */
export function placeWords(place: number): string {
  if (place === 1) return "next in the queue";
  const isTeen = Math.floor(place / 10) % 10 === 1;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${count(place)}${ending} in the queue`;
}

const runs = (howMany: number): string => (howMany === 1 ? "1 run" : `${howMany} runs`);

/** What a queued run waits for, as a sentence begins; empty for a run that is not queued. */
export function waitingWords(run: RunState, state: ViewState): string {
  if (run.status !== "queued") return "";
  if (!hasKeeper(run)) return "Waits for its program to begin";
  // The run itself may be older than what the state holds.
  const line = goingOn(withEntry(state.runs, run.run_id, run).values()).filter(hasKeeper);
  const ahead = line.slice(0, line.indexOf(run));
  const training = ahead.filter(isAtWork).length;
  const queued = ahead.length - training;
  const atOnce = number(state.server["max_concurrent_runs"]);
  const free = atOnce === null ? 0 : Math.max(0, atOnce - training);
  if (!ahead.length || queued < free) return "Starts in a moment";
  const words = placeWords(queued + 1);
  const place = `${words[0]!.toUpperCase()}${words.slice(1)}: waits for ${runs(ahead.length)} ahead of it`;
  return atOnce === null ? place : `${place}; ${atOnce} at a time is the server's setting`;
}

/** How long a run has waited, in seconds; null where nobody knows when it was queued. */
export function waitedSeconds(run: RunState, nowMs: number): number | null {
  const since = Date.parse(run.queued_time ?? "");
  return Number.isNaN(since) ? null : Math.max(0, (nowMs - since) / 1000);
}
