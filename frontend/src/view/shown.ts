/** Where each run's bar is: one figure, in however many places of a page the run is shown. */

import { moveOn, type Shown } from "../model/motion";
import type { RunState } from "../model/wire";
import { pageWide } from "../page_wide";
import { now } from "./clock";

interface LastShown extends Shown {
  updated: string;
}

const allShown = (): Map<string, LastShown> => pageWide("shown", () => new Map());

/** Seconds since a run's state was heard; `heardAt` null: long ago. */
export function secondsSince(heardAt: number | null, isFresh: boolean): number {
  // The clock of the views ticks twice a second: a state is often newer than it.
  return isFresh && heardAt !== null ? Math.max(0, (now.value - heardAt) / 1000) : 0;
}

export function shownProgress(run: RunState, seconds: number): number {
  const lastShown = allShown();
  const last = lastShown.get(run.run_id) ?? null;
  const moved = moveOn(last, run, seconds);
  const updated = run.updated_time ?? "";
  const isOlder = last !== null && updated < last.updated;
  // A notebook may hold a report of long ago; it moves no bar back.
  if (isOlder && moved.progress < last.progress) return moved.progress;
  lastShown.set(run.run_id, { ...moved, updated: isOlder ? last.updated : updated });
  return moved.progress;
}
