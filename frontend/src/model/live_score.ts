/** The score while a run is at work: its value and what to call it, wherever it is shown. */

import { nameOf } from "./format";
import type { LiveScore, RunState } from "./wire";

/** The newest live score; an accuracy that came without its name is one too. */
export function liveScoreOf(run: RunState): LiveScore | null {
  if (run.live_score) return run.live_score;
  return run.live_accuracy === null ? null : { name: "accuracy", value: run.live_accuracy };
}

/** `Live accuracy`, `Live R²`; `Live score` before the first. */
export function liveScoreName(run: RunState): string {
  return `Live ${withinSentence(nameOf(liveScoreOf(run)?.name ?? "score"))}`;
}

/** `Accuracy` begins a sentence, `accuracy` stands in one; `MAE` and `F1 (macro)` stay. */
export function withinSentence(name: string): string {
  return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
