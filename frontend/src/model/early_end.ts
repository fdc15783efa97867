/** How far a run came that was stopped: its status is that of a whole one, and its model is not. */

import { count } from "./format";
import type { RunState, Steps } from "./wire";

export function isStoppedEarly(run: RunState): boolean {
  return run.status === "completed" && run.result?.stopped === true;
}

/** The steps that a stopped run took; null where that is not known. Of one's own code, those of its last stage. */
function stepsKept(run: RunState): Steps | null {
  if (!isStoppedEarly(run)) return null;
  if (run.result?.steps) return run.result.steps;
  return run.step === null ? null : { done: run.step, total: run.total_steps };
}

/** "stopped at step 371 of 30,000"; null for a run that was not stopped. */
export function stopWords(run: RunState): string | null {
  if (!isStoppedEarly(run)) return null;
  const kept = stepsKept(run);
  if (kept === null) return "stopped early";
  const { done, total } = kept;
  return `stopped at step ${count(done)}${total === null ? "" : ` of ${count(total)}`}`;
}

/** The share of its steps that a stopped run took, in percent; null for every other run. */
export function shareKept(run: RunState): number | null {
  const { done, total } = stepsKept(run) ?? { done: 0, total: null };
  return total === null || total <= 0 ? null : Math.min(100, (100 * done) / total);
}
