/** How a bar moves on between two updates, and never back. */

import { shareKept } from "./early_end";
import { isAtWork } from "./order";
import type { RunState } from "./wire";

const LONGEST_GUESS_S = 2;
const FURTHEST_GUESS = 2; // points of 100 beyond what is known
const BEGAN_AGAIN = 5; // points back that only a resumed run goes

/** Where a run is likely to be, some seconds after its state was heard. */
export function expectedProgress(run: RunState, secondsSince: number): number {
  const left = run.estimated_remaining;
  if (!isAtWork(run) || left === null || left <= 0) return run.progress;
  const seconds = Math.min(LONGEST_GUESS_S, Math.max(0, secondsSince));
  const moved = ((100 - run.progress) * seconds) / Math.max(left, seconds);
  return Math.min(99.9, run.progress + Math.min(FURTHEST_GUESS, moved));
}

export interface Shown {
  runId: string;
  progress: number;
}

/** What to show next, after what was shown. */
export function moveOn(shown: Shown | null, run: RunState, secondsSince: number): Shown {
  const kept = shareKept(run);
  if (kept !== null) return { runId: run.run_id, progress: kept };
  const expected = expectedProgress(run, secondsSince);
  const isSame = shown?.runId === run.run_id && run.progress > shown.progress - BEGAN_AGAIN;
  return { runId: run.run_id, progress: isSame ? Math.max(shown.progress, expected) : expected };
}
