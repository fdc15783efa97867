/** What is done about a source that is silent, in words that keep still where nothing changes. */

/** In one clock, in ms; `at` null: an attempt is under way. */
export interface Attempts {
  at: number | null;
  triedAt: number;
  waitMs: number;
}

/** Waits up to this long are not counted down: the words would flicker. */
const SHORT_MS = 1500;
const PROMPT_MS = 1000;

/** "Next attempt in 4 s"; never a number that does not come from the attempt's own timer. */
export function retryWords(retry: Attempts, now: number): string {
  const { at, triedAt, waitMs } = retry;
  const asks = now - triedAt;
  if (at === null && asks > PROMPT_MS) return `Waiting for an answer for ${Math.floor(asks / 1000)} s`;
  if (waitMs <= SHORT_MS) return "Tried again every second";
  if (at === null || at <= now) return "Trying now";
  return `Next attempt in ${Math.ceil((at - now) / 1000)} s`;
}

/** Until then the mark of the connection is enough: most cuts are over sooner. */
const PATIENCE_MS = 5000;

/** Whether a silence is told of in words of its own, beside the mark. */
export function isLongSilent(heardAt: number, now: number): boolean {
  return now - heardAt > PATIENCE_MS;
}
