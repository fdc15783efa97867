/**
 * What a screen reader is told without being asked: stages, ends, and whether anything is heard.
 *
 * Progress, times and scores change many times a second and are never told; they are read where they
 * stand. What comes at one time is told together, and of stages that follow each other only the last.
 */

import { hasEnded } from "./transitions";
import type { Notice } from "./view_state";
import type { RunState } from "./wire";

/** What the telling goes by, at one moment. */
export interface Heard {
  run: Pick<RunState, "run_id" | "name" | "status" | "current_stage" | "stages"> | null;
  notices: readonly Notice[];
  /** Null: not known yet. */
  isFresh: boolean | null;
}

interface Line {
  topic: string;
  words: string;
  /** In ms; a connection that comes back by then was never lost. */
  notBefore: number;
}

export interface Speech {
  before: Heard | null;
  known: ReadonlySet<string>;
  waiting: readonly Line[];
  /** What stands in the region. */
  said: string;
  saidAt: number;
}

export const SILENT: Speech = { before: null, known: new Set(), waiting: [], said: "", saidAt: -Infinity };

const TOGETHER_MS = 1000;
const LOST_AFTER_MS = 3000;
/** Then the region is emptied, so that the same words can be told again. */
const STANDS_MS = 8000;
const MOST_LINES = 4;

function stageLine(before: Heard, { run }: Heard, now: number): Line[] {
  if (!run || hasEnded(run.status) || run.run_id !== before.run?.run_id) return [];
  const index = run.stages.findIndex(({ id }) => id === run.current_stage);
  const stage = run.stages[index];
  if (!stage || run.current_stage === before.run.current_stage) return [];
  const words = `${run.name}: stage ${index + 1} of ${run.stages.length}, ${stage.title}`;
  return [{ topic: `stage ${run.run_id}`, words, notBefore: now }];
}

function statusLine(before: Heard, { run }: Heard, now: number): Line[] {
  if (!run || run.run_id !== before.run?.run_id || run.status === before.run.status) return [];
  const words = { queued: "is queued", running: "is running", stopping: "is stopping" };
  if (!Object.hasOwn(words, run.status)) return []; // how it ended is a notice
  const told = `${run.name} ${words[run.status as keyof typeof words]}`;
  return [{ topic: `status ${run.run_id}`, words: told, notBefore: now }];
}

function connectionLine(before: Heard, { isFresh }: Heard, now: number): Line[] {
  if (isFresh === null || before.isFresh === null || isFresh === before.isFresh) return [];
  const words = isFresh ? "Connected again" : "Nothing is heard any more; what is shown may have changed";
  return [{ topic: "connection", words, notBefore: isFresh ? now : now + LOST_AFTER_MS }];
}

/** What waits, after more has come: the newest of each topic. */
function joined(waiting: readonly Line[], more: readonly Line[]): Line[] {
  const wasLost = waiting.some(({ topic }) => topic === "connection");
  const kept = waiting.filter((line) => !more.some(({ topic }) => topic === line.topic));
  // Lost and back before it was told: neither.
  const added = wasLost ? more.filter(({ topic }) => topic !== "connection") : more;
  return [...kept, ...added].slice(-MOST_LINES);
}

/** Take in what is so now, and tell what is due. The first time, everything is known already. */
export function hear(speech: Speech, heard: Heard, now: number): Speech {
  const fresh = heard.notices.filter(({ key }) => !speech.known.has(key));
  const known = new Set(heard.notices.map(({ key }) => key));
  const before = speech.before;
  // A connection that is not known yet changes nothing about the one that was.
  const at = { ...heard, isFresh: heard.isFresh ?? before?.isFresh ?? null };
  if (!before) return { ...speech, before: at, known };
  const more = [
    ...statusLine(before, at, now),
    ...stageLine(before, at, now),
    ...fresh.map(({ key, title, text }) => ({ topic: key, words: text ? `${title}. ${text}` : title, notBefore: now })),
    ...connectionLine(before, at, now),
  ];
  const waiting = more.length ? joined(speech.waiting, more) : speech.waiting;
  return told({ ...speech, before: at, known, waiting }, now);
}

function told(speech: Speech, now: number): Speech {
  const due = speech.waiting.filter(({ notBefore }) => notBefore <= now);
  if (due.length && now - speech.saidAt >= TOGETHER_MS) {
    const waiting = speech.waiting.filter((line) => !due.includes(line));
    return { ...speech, waiting, said: due.map(({ words }) => words).join(". "), saidAt: now };
  }
  return speech.said && now - speech.saidAt > STANDS_MS ? { ...speech, said: "" } : speech;
}
