/**
 * The lines of the feed that a filter lets through: pages that were asked for, and what came live above them.
 *
 * A view knows the newest lines of everything without a hole between them, down to some offset. So what comes
 * live joins a page as long as that stretch reaches down to what is known already; where it does not (the page
 * slept, and joined again by a snapshot), the lines between are missing, and the newest page is asked for again.
 */

import { isWanted, type ActivityFilter } from "./activity_filter";
import type { ViewState } from "./view_state";
import type { Activity } from "./wire";

export interface ActivityLines {
  filter: ActivityFilter;
  logId: string | null;
  /** Newest first. */
  lines: readonly Activity[];
  /** Up to this offset nothing is missing. */
  top: number;
  /** Where to go on below; undefined: nothing was asked for yet; null: there is no more. */
  next: string | null | undefined;
  /** Lines are missing above: the newest page is to be asked for. */
  isBroken: boolean;
}

export interface ActivityPage {
  activity: readonly Activity[];
  next: string | null;
}

/** What a page that stays open keeps; what is cut at the bottom can be asked for again. */
export const KEPT_LINES = 2000;

type Known = Pick<ViewState, "logId" | "offset" | "activity">;

/** What is known before anything is asked for. */
export function linesAtFirst(state: Known, filter: ActivityFilter): ActivityLines {
  const lines = state.activity.filter((told) => isWanted(told, filter));
  return { filter, logId: state.logId, lines, top: state.offset, next: undefined, isBroken: false };
}

/** With what the view has heard of since. */
export function withLive(known: ActivityLines, state: Known): ActivityLines {
  if (state.logId !== known.logId) return { ...linesAtFirst(state, known.filter), isBroken: true };
  if (state.offset <= known.top) return known;
  const floor = state.activity.at(-1)?.offset ?? 0;
  if (floor > known.top + 1) return { ...known, isBroken: true };
  const added = state.activity.filter((told) => told.offset > known.top && isWanted(told, known.filter));
  return cut({ ...known, lines: added.length ? [...added, ...known.lines] : known.lines, top: state.offset });
}

/** With a page below. */
export function withPage(known: ActivityLines, page: ActivityPage): ActivityLines {
  return { ...known, lines: inOrder([...known.lines, ...page.activity]), next: page.next };
}

/**
 * With the newest page: it stands for itself where it does not reach down to what is known. `askedAt` is the
 * view's offset when it was asked for: the server had logged that much at the least.
 */
export function withNewestPage(known: ActivityLines, page: ActivityPage, askedAt: number): ActivityLines {
  // A page that looked for words may hold none, and has looked through all down to its `next`.
  const reachesDown = page.next === null || Number(page.next) <= known.top + 1;
  const isFirst = known.next === undefined;
  const keepsBelow = known.isBroken ? reachesDown && !isFirst : !isFirst;
  const top = Math.max(known.isBroken ? 0 : known.top, askedAt, page.activity[0]?.offset ?? 0);
  const lines = known.isBroken && !reachesDown ? page.activity : [...page.activity, ...known.lines];
  return { ...known, lines: inOrder(lines), top, next: keepsBelow ? lower(known.next, page.next) : page.next, isBroken: false };
}

/** Of two places to go on from, the one that leaves less; null is the end. */
function lower(a: string | null | undefined, b: string | null): string | null {
  return a === null || a === undefined || b === null ? null : Number(a) < Number(b) ? a : b;
}

function inOrder(lines: readonly Activity[]): Activity[] {
  const byId = new Map(lines.map((told) => [told.id, told]));
  return [...byId.values()].sort((a, b) => b.offset - a.offset);
}

function cut(known: ActivityLines): ActivityLines {
  if (known.lines.length <= KEPT_LINES) return known;
  const lines = known.lines.slice(0, KEPT_LINES);
  return { ...known, lines, next: String(lines.at(-1)!.offset) };
}

export interface Day {
  key: string;
  title: string;
  lines: Activity[];
}

/** Lines under their days, by this reader's clock. */
export function byDay(lines: readonly Activity[], now: number): Day[] {
  const days: Day[] = [];
  for (const told of lines) {
    const at = new Date(told.time);
    const key = Number.isNaN(at.getTime()) ? "" : at.toDateString();
    const last = days.at(-1);
    if (last?.key === key) last.lines.push(told);
    else days.push({ key, title: dayTitle(at, now), lines: [told] });
  }
  return days;
}

function dayTitle(at: Date, now: number): string {
  if (Number.isNaN(at.getTime())) return "At an unknown time";
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (at.toDateString() === today.toDateString()) return "Today";
  if (at.toDateString() === yesterday.toDateString()) return "Yesterday";
  const year = at.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  return at.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", ...year });
}
