/** The kinds of run, as the core's `kinds.py` has them. */

import type { RunState } from "./wire";

/** Whether a run waits for its turn and trains in a worker; others train where they were started. */
export const hasKeeper = (run: RunState): boolean => run.kind === "pipeline" || run.kind === "function";
