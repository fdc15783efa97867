/** How much of a run is done and how long the rest takes; the same as the server's core. */

import { isAtWork } from "./order";
import type { RunState, StageState } from "./wire";

// What each means and where it is from: the core's eta.py.
const MIN_SHOWN = 0.01;
const PACE_ERROR = 0.08;
const PACE_ERROR_AT_FIRST = 0.01;
const PACE_DOUBT = 0.065;
const RECENT = 0.9;
const REMEMBERED = 0.05;
const PLAN_FACTOR = 3;
const CONTRADICTED = 1.5;
const NINE_IN_TEN = 1.645;
const ODDS = 19;
const WIDEST = Math.log(1000);
const LONG = 30;
const UNKNOWN_WEIGHT_S = 60;
const ALMOST = 99.9; // a run is at 100 only when it has completed
const ALMOST_BY_TIME = 95;

/** Seconds that something still takes, and the range that holds it nine times in ten. */
interface Left {
  seconds: number;
  low: number;
  high: number;
}

export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

function isOver(stage: StageState): boolean {
  return stage.status === "completed" || stage.status === "skipped" || stage.status === "failed";
}

/** What is left of a stage; null where there is no ground for a number. */
function stageLeft(stage: StageState): Left | null {
  if (isOver(stage)) return { seconds: 0, low: 0, high: 0 };
  const whole = planned(stage);
  if (stage.status === "pending") return whole;
  const elapsed = stage.elapsed_s ?? 0;
  const [seconds, low, high] = stage.told_left ?? [];
  if (seconds !== undefined && low !== undefined && high !== undefined) {
    return told({ seconds, low, high }, Math.max(0, elapsed - (stage.told_s ?? 0)));
  }
  const still = whole && stillLeft(whole, elapsed);
  const byPace = paced(stage, elapsed);
  if (still === null || byPace === null) return byPace ?? still;
  return mixed(still, byPace, PACE_DOUBT / Math.max(MIN_SHOWN, stage.progress / 100));
}

/** Seconds that a stage still takes; null where there is no ground for a number. */
export function stageRemaining(stage: StageState): number | null {
  return stageLeft(stage)?.seconds ?? null;
}

function planned(stage: StageState): Left | null {
  const seconds = stage.estimated_s;
  if (seconds === null) return null;
  const [low, high] = stage.estimated_range ?? [];
  if (low === undefined || high === undefined) {
    return { seconds, low: seconds / PLAN_FACTOR, high: seconds * PLAN_FACTOR };
  }
  return { seconds, low: Math.max(0, Math.min(low, seconds)), high: Math.max(high, seconds) };
}

/** What is left of something after so long, given that it goes on: log-logistic. */
function stillLeft(whole: Left, since: number): Left {
  if (whole.seconds <= 0 || since <= 0) return whole;
  const factor = Math.log(Math.max(whole.high, whole.seconds)) - Math.log(whole.seconds);
  const power = Math.log(ODDS) / Math.min(WIDEST, Math.max(0.05, factor));
  const waited = power * (Math.log(since) - Math.log(whole.seconds));
  const leftWith = (share: number): number => {
    if (waited > LONG) return since * (Math.exp(-Math.log(share) / power) - 1);
    const least = (1 + Math.exp(waited)) / share - 1;
    return Math.max(0, whole.seconds * Math.exp(Math.log(least) / power) - since);
  };
  return { seconds: leftWith(0.5), low: leftWith(0.95), high: leftWith(0.05) };
}

/** What was told to be left, so long after it was told. */
function told(left: Left, since: number): Left {
  const still = stillLeft(left, since);
  const seconds = Math.max(0, still.seconds);
  return {
    seconds,
    low: Math.min(seconds, Math.max(0, left.low - since)),
    high: Math.max(seconds, left.high - since, still.high),
  };
}

function paced(stage: StageState, elapsed: number): Left | null {
  const share = Math.min(1, Math.max(0, stage.progress / 100));
  const shown = stage.shown_s === null ? elapsed : Math.min(stage.shown_s, elapsed);
  if (stage.progress_estimated || share < MIN_SHOWN || shown <= 0) return null;
  const whole = shown / share;
  const newest = stage.pace_s === null ? whole : whole + RECENT * (stage.pace_s - whole);
  const seconds = newest * (1 - share);
  const factor = Math.exp(NINE_IN_TEN * (PACE_ERROR + PACE_ERROR_AT_FIRST / share));
  return told({ seconds, low: seconds / factor, high: seconds * factor }, elapsed - shown);
}

/** Seconds that a whole stage takes at the pace that it comes to this share with. */
export function newestPace(stage: StageState, percent: number, shown: number): number | null {
  const first = stage.shown_s === null;
  const before = first ? 0 : stage.progress;
  const gained = (percent - before) / 100;
  const took = shown - (stage.shown_s ?? 0);
  if (gained <= 0 || took < 0) return null;
  const pace = took / gained;
  if (stage.pace_s === null) return rounded(pace, 4);
  const weight = 1 - Math.exp(-gained / REMEMBERED);
  return rounded(stage.pace_s + weight * (pace - stage.pace_s), 4);
}

/** Both by how sure they are; the plan for less where the pace contradicts it. */
function mixed(plan: Left, pace: Left, doubt: number): Left {
  if (Math.min(plan.seconds, pace.seconds) <= 0) return pace;
  const [planError, paceError] = [errorOf(plan), errorOf(pace)];
  const doubted = Math.max(paceError, PACE_ERROR + doubt);
  const apart = Math.log(plan.seconds) - Math.log(pace.seconds);
  const beyond = (apart * apart) / (planError ** 2 + doubted ** 2) / CONTRADICTED ** 2;
  const planWeight = 1 / (planError ** 2 * (1 + beyond));
  const paceWeight = 1 / doubted ** 2;
  const share = planWeight / (planWeight + paceWeight);
  const seconds = pace.seconds * Math.exp(share * apart);
  const error = 1 / Math.sqrt(planWeight + 1 / paceError ** 2);
  const spread = NINE_IN_TEN * Math.hypot(error, share * (1 - share) * apart);
  const factor = Math.exp(Math.min(WIDEST, spread));
  return { seconds, low: seconds / factor, high: seconds * factor };
}

function errorOf(left: Left): number {
  const factor = Math.max(left.high, 1e-9) / Math.max(left.seconds, 1e-9);
  return Math.max(0.02, Math.log(factor) / NINE_IN_TEN);
}

export interface TimeLeft {
  seconds: number;
  range: [number, number];
}

/** The time left of a run and the range it is likely to be in; null while nothing is known. */
export function remaining(run: RunState): TimeLeft | null {
  if (!isAtWork(run) || !run.stages.length) return null;
  let total = 0;
  let below = 0;
  let above = 0;
  for (const stage of run.stages) {
    const left = stageLeft(stage);
    if (left === null) return null;
    total += left.seconds;
    below = Math.hypot(below, left.seconds - left.low);
    above = Math.hypot(above, left.high - left.seconds);
  }
  const low = rounded(Math.max(0, total - below), 2);
  return { seconds: rounded(total, 2), range: [low, rounded(total + above, 2)] };
}

/** Whether a stage under way shows no share of its own that goes with the time. */
export function isToldByTime(stage: StageState): boolean {
  const shows = stage.shown_s !== null || (stage.progress > 0 && !stage.progress_estimated);
  return stage.told_left !== null || !shows;
}

/** How far a stage is likely to be that shows nothing itself, 0–100. */
export function progressByTime(stage: StageState): number | null {
  const left = stageRemaining(stage);
  const elapsed = stage.elapsed_s ?? 0;
  if (left === null || elapsed <= 0) return null;
  return rounded(Math.min(ALMOST_BY_TIME, (100 * elapsed) / (elapsed + left)), 2);
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
