/** In which order runs stand that are going on: those at work, then the queue as it will be served. */

import { hasEnded } from "./transitions";
import type { RunState } from "./wire";

/** The server takes the queue by this; a run keeps its place when its turn comes. */
function begun(run: RunState): string {
  return run.queued_time ?? run.start_time ?? "";
}

export function isAtWork(run: RunState): boolean {
  return run.status === "running" || run.status === "stopping";
}

export function goingOn(runs: Iterable<RunState>): RunState[] {
  const active = [...runs].filter((run) => !hasEnded(run.status));
  return active.sort((a, b) => {
    const rank = Number(isAtWork(b)) - Number(isAtWork(a));
    if (rank !== 0) return rank;
    if (begun(a) !== begun(b)) return begun(a) < begun(b) ? -1 : 1;
    return a.run_id < b.run_id ? -1 : 1;
  });
}
