/** How much of a run is done and how long the rest takes; the same as the server's core. */

import { isAtWork } from "./order";
import type { RunState, StageState } from "./wire";

const MIN_SHOWN = 0.01; // below 1 % of a stage, its pace says nothing yet
const PACE_ERROR = 0.1; // of a pace's logarithm, once the whole stage is shown; why: the core's eta.py
const UNKNOWN_WEIGHT_S = 60;
const ALMOST = 99.9; // a run is at 100 only when it has completed

export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

function isOver(stage: StageState): boolean {
  return stage.status === "completed" || stage.status === "skipped" || stage.status === "failed";
}

/** Seconds that a stage still takes; null where there is no ground for a number. */
export function stageRemaining(stage: StageState): number | null {
  if (isOver(stage)) return 0;
  if (stage.status === "pending") return stage.estimated_s;
  const elapsed = stage.elapsed_s ?? 0;
  const share = Math.min(1, Math.max(0, stage.progress / 100));
  const planned = stage.estimated_s === null ? null : Math.max(0, stage.estimated_s - elapsed);
  const shown = stage.shown_s === null ? elapsed : Math.min(stage.shown_s, elapsed);
  if (share < MIN_SHOWN || shown <= 0) return planned;
  const paced = Math.max(0, (shown * (1 - share)) / share - (elapsed - shown));
  if (planned === null || stage.estimated_s === null) return paced;
  const weight = weightOfPlan(stage.estimated_s, shown / share, share);
  return weight * planned + (1 - weight) * paced;
}

/** How much the plan still counts beside a pace, both as what the whole stage would take. */
function weightOfPlan(planned: number, paced: number, share: number): number {
  if (planned <= 0) return 0;
  const contradiction = (Math.log(paced / planned) * share) / PACE_ERROR;
  return (1 - share) * Math.exp(-0.5 * contradiction * contradiction);
}

function spread(stage: StageState): number {
  if (stage.status === "running" && stage.progress >= 100 * MIN_SHOWN) {
    return 1.1 + 0.9 * (1 - stage.progress / 100);
  }
  return 2;
}

export interface TimeLeft {
  seconds: number;
  range: [number, number];
}

/** The time left of a run and the range it is likely to be in; null while nothing is known. */
export function remaining(run: RunState): TimeLeft | null {
  if (!isAtWork(run) || !run.stages.length) return null;
  let total = 0;
  let low = 0;
  let high = 0;
  for (const stage of run.stages) {
    const left = stageRemaining(stage);
    if (left === null) return null;
    total += left;
    low += left / spread(stage);
    high += left * spread(stage);
  }
  return { seconds: rounded(total, 2), range: [rounded(low, 2), rounded(high, 2)] };
}

/** 0–100, weighted by time; never less than what the state said before. */
export function overallProgress(run: RunState): number {
  if (run.status === "completed") return 100;
  let done = 0;
  let whole = 0;
  for (const stage of run.stages) {
    const [stageDone, weight] = weighed(stage);
    done += stageDone;
    whole += weight;
  }
  const share = whole ? (100 * done) / whole : 0;
  return rounded(Math.min(ALMOST, Math.max(run.progress, share)), 2);
}

function weighed(stage: StageState): [number, number] {
  const elapsed = stage.elapsed_s ?? 0;
  if (isOver(stage)) {
    const weight = Math.max(elapsed, 1e-3);
    return [weight, weight];
  }
  const left = stageRemaining(stage);
  if (left === null) {
    const weight = UNKNOWN_WEIGHT_S + elapsed;
    return [(elapsed * elapsed) / weight, weight];
  }
  const weight = Math.max(elapsed + left, 1e-3);
  const isGoing = stage.status === "running" && elapsed + left > 0;
  return [isGoing ? (weight * elapsed) / (elapsed + left) : 0, weight];
}
