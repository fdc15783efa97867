/** How far a run came that was stopped: its status is that of a whole one, and its model is not. */

import { count } from "./format";
import type { RunState } from "./wire";

export function isStoppedEarly(run: RunState): boolean {
  return run.status === "completed" && run.result?.stopped === true;
}

/** Steps done and wanted of a run that was stopped; null where that is not known. */
export function stepsKept(run: RunState): [number, number | null] | null {
  if (!isStoppedEarly(run)) return null;
  if (run.result?.steps) return run.result.steps;
  return run.step === null ? null : [run.step, run.total_steps];
}

/** "stopped at step 371 of 30,000"; null for a run that was not stopped. */
export function stopWords(run: RunState): string | null {
  if (!isStoppedEarly(run)) return null;
  const kept = stepsKept(run);
  if (kept === null) return "stopped early";
  const [done, wanted] = kept;
  return `stopped at step ${count(done)}${wanted === null ? "" : ` of ${count(wanted)}`}`;
}

/** The share of its steps that a stopped run took, in percent; null for every other run. */
export function shareKept(run: RunState): number | null {
  const [done, wanted] = stepsKept(run) ?? [0, null];
  return wanted === null || wanted <= 0 ? null : Math.min(100, (100 * done) / wanted);
}
