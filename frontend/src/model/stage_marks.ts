/** When the stages of runs began and ended, for whoever lays them beside something else on the same time. */

import { goingOn } from "./order";
import { hasEnded } from "./transitions";
import type { RunState } from "./wire";

export interface StageMark {
  id: string;
  title: string;
  /** In ms since 1970. */
  from: number;
  /** Null: it goes on. */
  to: number | null;
}

function moment(iso: string | null): number | null {
  const at = Date.parse(iso ?? "");
  return Number.isNaN(at) ? null : at;
}

/** The stages of a run's last attempt that have begun, in their order. */
export function stageMarks(run: RunState): StageMark[] {
  const begun = run.stages.flatMap(({ id, title, status, started_time, elapsed_s, carried_s }): StageMark[] => {
    const from = moment(started_time);
    if (from === null) return [];
    const isOver = status !== "running" && elapsed_s !== null;
    return [{ id, title, from, to: isOver ? from + 1000 * Math.max(0, elapsed_s - carried_s) : null }];
  });
  begun.sort((a, b) => a.from - b.from);
  const end = hasEnded(run.status) ? moment(run.end_time) : null;
  return begun.map((mark, index) => ({ ...mark, to: mark.to ?? begun[index + 1]?.from ?? end }));
}

/** Whether any of it lies between two moments. */
export function isSeenIn({ from, to }: StageMark, start: number, end: number): boolean {
  return from <= end && (to ?? end) >= start;
}

/** The runs that were at work in a stretch of time: those that still are, then those that ended last. */
export function runsBetween(runs: Iterable<RunState>, start: number, end: number): RunState[] {
  const known = [...runs].filter((run) => stageMarks(run).some((mark) => isSeenIn(mark, start, end)));
  const active = goingOn(known);
  const ended = known.filter((run) => hasEnded(run.status));
  ended.sort((a, b) => ((a.end_time ?? "") < (b.end_time ?? "") ? 1 : -1));
  return [...active, ...ended];
}

/** The stage that a run was in at a moment; null: none. */
export function stageAt(marks: readonly StageMark[], time: number): StageMark | null {
  return marks.findLast(({ from, to }) => from <= time && (to === null || time < to)) ?? null;
}
