/** The time that a run is likely to take still, in words. */

import { roughly, roughRange } from "./format";
import type { RunState } from "./wire";

/** As a range where one is known; null where there is no ground for a number. `sinceS`: seconds since the run was heard. */
export function timeLeftWords(run: RunState, sinceS: number): string | null {
  const left = run.estimated_remaining;
  if (left === null) return null;
  if (run.estimated_range === null) return roughly(Math.max(0, left - sinceS));
  const [low, high] = run.estimated_range;
  return roughRange(low - sinceS, high - sinceS);
}
