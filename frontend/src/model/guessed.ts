/** Whether how far a run is, is only judged by what earlier runs took. Mirrors `core/guessed.py`. */

import type { RunState } from "./wire";

const PATIENCE_S = 2; // a stage that is over by then need not be spoken of

export function isGuessed(run: RunState): boolean {
  if (run.status !== "running" && run.status !== "stopping") return false;
  // Of a state whose stages are damaged, the bar is shown all the same.
  const stage = run.stages?.find(({ id }) => id === run.current_stage);
  if (!stage || stage.status !== "running" || stage.shown_s !== null) return false;
  return stage.estimated_s !== null && (stage.elapsed_s ?? 0) >= PATIENCE_S;
}

/** How far a run is, for a person: "43 %", and "~43 %" where that is an estimate. */
export function percent(run: RunState, progress: number = run.progress): string {
  return `${isGuessed(run) ? "~" : ""}${Math.floor(progress)} %`;
}
