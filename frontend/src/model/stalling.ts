/** A run of which nothing is heard for longer than its own history makes likely, in words. */

import { duration } from "./format";
import { secondsBetween } from "./reduce";
import type { RunState } from "./wire";

/** "Stalled: nothing heard for 3 min 20 s, and it uses no CPU"; null for a run that has not. */
export function stalledWords(run: RunState): string | null {
  if (!run.stalled) return null;
  const { since, uses_cpu: usesCpu } = run.stalled;
  const quiet = duration(secondsBetween(since, run.updated_time ?? since));
  const why = usesCpu
    ? "though it still computes"
    : "and it uses no CPU: it waits for something, or for itself (a deadlock)";
  return `Stalled: nothing heard for ${quiet}, ${why}`;
}
