/** What a search's folds and candidates make of a run's state; mirrors `core/searching.py`. */

import { rounded } from "./eta";
import { readBest } from "./reading";
import { fields, number, text, type Fields } from "./reading_fields";
import type { RunState, SearchState } from "./wire";

const NO_SEARCH: SearchState = { completed: 0, skipped: 0, scorer: "", best: null };

export function foldCompleted(run: RunState, payload: Fields, time: string): RunState {
  const [candidate, fold] = [number(payload["candidate"]), number(payload["fold"])];
  const at: RunState = {
    ...run,
    running: run.running.filter((one) => one["candidate"] !== candidate || one["fold"] !== fold),
    search: run.search ?? NO_SEARCH,
    step: number(payload["step"]) ?? run.step,
    total_steps: number(payload["total_steps"]) ?? run.total_steps,
  };
  const share = number(payload["stage_progress"]);
  return share === null ? at : showShare(at, share, time);
}

export function candidateCompleted(run: RunState, payload: Fields): RunState {
  const before = run.search ?? NO_SEARCH;
  const search: SearchState = {
    ...before,
    completed: before.completed + 1,
    skipped: before.skipped + (payload["skipped"] === true ? 1 : 0),
    scorer: text(payload["scorer"]) || before.scorer,
  };
  if (payload["best"] !== true) return { ...run, search };
  return {
    ...run,
    search: { ...search, best: readBest(fields(payload)) },
    live_score: { name: search.scorer || "score", value: number(payload["mean"]) },
  };
}

/** A share of the current stage that has just been done; the same share again is no news. */
function showShare(run: RunState, percent: number, time: string): RunState {
  const share = Math.min(100, Math.max(0, percent));
  const stages = run.stages.map((stage) => {
    if (stage.id !== run.current_stage || stage.status !== "running") return stage;
    if (share === stage.progress || stage.started_time === null) return { ...stage, progress: share };
    const seconds = (Date.parse(time) - Date.parse(stage.started_time)) / 1000;
    return { ...stage, progress: share, shown_s: rounded(stage.carried_s + Math.max(0, seconds), 3) };
  });
  return { ...run, stages, stage_progress: share };
}
