/**
 * A run's stages over time: what it waited, what its earlier attempts took, each stage's start and length,
 * and what is expected of those to come.
 *
 * The axis counts the time of the run itself, as its elapsed time does: what lay between two attempts may
 * be a night, and would leave nothing of the stages to be seen. A wait is drawn by its length, up to a
 * share of the whole.
 */

import { stageRemaining } from "./eta";
import { secondsBetween } from "./reduce";
import { hasEnded } from "./transitions";
import type { RunState, StageState, StageStatus } from "./wire";

export interface TimeBar {
  /** A stage's id; of the others their kind. */
  key: string;
  kind: "wait" | "earlier" | "stage";
  status: StageStatus;
  /** Shares of the axis. */
  start: number;
  length: number;
  /** What is expected beyond it, as a share. */
  expected: number;
  /** Seconds from the run's beginning to the bar's; negative of a wait. */
  startS: number;
  /** Seconds that it took, drawn in full or not. */
  tookS: number;
}

export interface Timeline {
  bars: TimeBar[];
  /** Where the axis has marks, as shares, with the seconds since the run began. */
  marks: { at: number; seconds: number }[];
}

const LEAST_WAIT_S = 1;
const WIDEST_WAIT = 0.2; // of the axis
const MOST_MARKS = 5;
// Ends of an axis: it is seldom filled by less than four fifths, and seldom changes while a run goes on.
const ENDS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const MARKS_S = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
]; // prettier-ignore

interface Piece extends Omit<TimeBar, "start" | "length" | "expected"> {
  expectedS: number;
}

/** The timeline of a run whose state was heard so many seconds ago; null where nothing has begun. */
export function timelineOf(run: RunState, sinceS: number): Timeline | null {
  if (run.start_time === null || !run.stages.length) return null;
  const since = hasEnded(run.status) ? 0 : Math.max(0, sinceS);
  const pieces = [...earlierOf(run), ...stagesOf(run, since)];
  const last = Math.max(...pieces.map((piece) => piece.startS + piece.tookS + piece.expectedS));
  const end = hasEnded(run.status) ? Math.max(last, 1e-3) : evenEnd(last);
  const wait = waitOf(run);
  const room = Math.min(wait?.tookS ?? 0, (end * WIDEST_WAIT) / (1 - WIDEST_WAIT));
  const whole = end + room;
  const share = (seconds: number): number => Math.min(1, Math.max(0, seconds / whole));
  const bars = [...(wait ? [wait] : []), ...pieces].map(({ expectedS, ...piece }): TimeBar => {
    if (piece.kind === "wait") return { ...piece, start: 0, length: share(room), expected: 0 };
    return { ...piece, start: share(room + piece.startS), length: share(piece.tookS), expected: share(expectedS) };
  });
  return { bars, marks: marksOf(end, room) };
}

/** A round number of seconds at or above these. */
function evenEnd(seconds: number): number {
  if (seconds <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(seconds));
  return power * ENDS.find((end) => end >= seconds / power - 1e-9)!;
}

function marksOf(end: number, room: number): Timeline["marks"] {
  const fits = (step: number): boolean => end / step <= MOST_MARKS;
  const step = end < MARKS_S[0]! ? end : (MARKS_S.find(fits) ?? 86_400 * Math.ceil(end / 86_400 / MOST_MARKS));
  const count = Math.floor(end / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => ({ at: (room + index * step) / (end + room), seconds: index * step }));
}

function waitOf(run: RunState): Piece | null {
  if (run.queued_time === null || run.start_time === null) return null;
  const tookS = secondsBetween(run.queued_time, run.start_time);
  if (tookS < LEAST_WAIT_S) return null;
  return { key: "wait", kind: "wait", status: "completed", startS: -tookS, tookS, expectedS: 0 };
}

function earlierOf(run: RunState): Piece[] {
  if (run.attempt < 2 || run.earlier_s <= 0) return [];
  return [{ key: "earlier", kind: "earlier", status: "skipped", startS: 0, tookS: run.earlier_s, expectedS: 0 }];
}

function stagesOf(run: RunState, sinceS: number): Piece[] {
  const began = run.attempt_time ?? run.start_time!;
  let end = run.earlier_s;
  return run.stages.map((stage) => {
    const startS = stage.started_time === null ? end : run.earlier_s + secondsBetween(began, stage.started_time);
    const tookS = tookOf(stage, sinceS);
    const expectedS = expectedOf(stage, run, sinceS);
    end = Math.max(end, startS + tookS + expectedS);
    return { key: stage.id, kind: "stage", status: stage.status, startS, tookS, expectedS };
  });
}

/** In this attempt: what a stage carries over from an earlier one is drawn there. */
function tookOf(stage: StageState, sinceS: number): number {
  if (stage.started_time === null && stage.status !== "completed") return 0;
  const now = stage.status === "running" ? sinceS : 0;
  return Math.max(0, (stage.elapsed_s ?? 0) - stage.carried_s + now);
}

function expectedOf(stage: StageState, run: RunState, sinceS: number): number {
  if (hasEnded(run.status)) return 0;
  if (stage.status === "pending") return stage.estimated_s ?? 0;
  return stage.status === "running" ? Math.max(0, (stageRemaining(stage) ?? 0) - sinceS) : 0;
}
