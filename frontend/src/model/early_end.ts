/** How far a run came that was stopped: its status is that of a whole one, and its model is not. */

import { count } from "./format";
import type { RunState, Steps } from "./wire";

export function isStoppedEarly(run: RunState): boolean {
  return run.status === "completed" && (run.result?.stopped === true || run.result?.stopped_early === true);
}

/** Why a run did not do all its steps, to follow what it did: ", as asked"; empty where it did them. */
export function whyStopped(run: RunState): string {
  if (!isStoppedEarly(run)) return "";
  if (run.result?.stopped_early) return ", for its score rose no more";
  return run.result?.stopped_by === "time_limit" ? ", at its time limit" : ", as asked";
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
  const early = run.result?.early_stopping;
  if (run.result?.stopped_early && early) {
    const best = early.restored && early.best_step !== null ? `, best at ${count(early.best_step)}` : "";
    return `stopped early at step ${count(early.last_step)}${best}`;
  }
  const kept = stepsKept(run);
  if (kept === null) return "stopped early";
  const { done, total } = kept;
  return `stopped at step ${count(done)}${total === null ? "" : ` of ${count(total)}`}`;
}

/** What is left of a stopped run; empty where that is its own code's to know. */
export function keptWords(run: RunState): string {
  if (!isStoppedEarly(run) || run.kind !== "pipeline") return "";
  // A run that was asked to stop goes back to its best step, too, where it has such a rule.
  const early = run.result?.early_stopping;
  if (!early) return "what it had by then was kept";
  return early.restored ? "the model of its best step was kept" : "the model of its last step was kept";
}

/** The share of its steps that a stopped run took, in percent; null for every other run. */
export function shareKept(run: RunState): number | null {
  const { done, total } = stepsKept(run) ?? { done: 0, total: null };
  return total === null || total <= 0 ? null : Math.min(100, (100 * done) / total);
}
