/** What a search's folds and candidates make of a run's state; mirrors `core/searching.py`. */

import { newestPace, rounded } from "./eta";
import { readBest, readTimes } from "./reading";
import { fields, number, text, type Fields } from "./reading_fields";
import type { RunState, SearchState, StageState } from "./wire";

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
  const left = readTimes(payload["stage_left"], 3);
  const told = left === null ? at : tellLeft(at, left, time);
  const share = number(payload["stage_progress"]);
  return share === null ? told : showShare(told, share, time);
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
  const current = currentOf(run);
  if (current?.told_left) return run; // a share of steps would be a second opinion
  const stages = run.stages.map((stage) => {
    if (stage !== current) return stage;
    const at = { ...stage, progress: share, progress_estimated: false };
    if (share === stage.progress || stage.started_time === null) return at;
    const shown = secondsInto(stage, time);
    return { ...at, shown_s: shown, pace_s: newestPace(stage, share, shown) };
  });
  return { ...run, stages, stage_progress: share };
}

/** What who trains says is left of the current stage: seconds, and what they lie between. */
function tellLeft(run: RunState, left: number[], time: string): RunState {
  const current = currentOf(run);
  if (!current || current.started_time === null) return run;
  const [seconds = 0, low = 0, high = 0] = left;
  const told = [seconds, Math.min(low, seconds), Math.max(high, seconds)];
  const at = { ...current, told_left: told, told_s: secondsInto(current, time) };
  return { ...run, stages: run.stages.map((stage) => (stage === current ? at : stage)) };
}

function currentOf(run: RunState): StageState | undefined {
  return run.stages.find((stage) => stage.id === run.current_stage && stage.status === "running");
}

function secondsInto(stage: StageState, time: string): number {
  const seconds = (Date.parse(time) - Date.parse(stage.started_time ?? time)) / 1000;
  return rounded(stage.carried_s + Math.max(0, seconds), 3);
}
