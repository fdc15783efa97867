/**
 * What a view lets go of, so that one that stays open for weeks does not grow: runs that ended long
 * ago, and of those that it still lists the points of their charts, which are fetched again when they
 * are looked at.
 */

import { hasEnded } from "./transitions";
import type { RunSeries, ViewState } from "./view_state";
import type { RunState } from "./wire";

const ENDED_RUNS_KEPT = 200;
const ENDED_SERIES_KEPT = 12;
/** As many as are compared; while no run ends, somebody may look at any number of old ones. */
const SERIES_KEPT = 24;

export function withoutOldest(state: ViewState): ViewState {
  const runs = withoutOldestRuns(state.runs);
  const isAtWork = (runId: string): boolean => {
    const run = runs.get(runId);
    return run !== undefined && !hasEnded(run.status);
  };
  return {
    ...state,
    runs,
    series: newest(state.series, ENDED_SERIES_KEPT, isAtWork),
    heardAt: kept(state.heardAt, (runId) => runs.has(runId)),
    runOffsets: kept(state.runOffsets, (runId) => runs.has(runId)),
    // Of a run that has ended nothing volatile is taken any more; one that goes on later has higher ones.
    revisions: kept(state.revisions, (key) => key.startsWith(" ") || isAtWork(key.split(" ")[0]!)),
  };
}

/** The state with one run's series; of too many, those that were longest without news go. */
export function withSeries(state: ViewState, runId: string, known: RunSeries): ViewState {
  const series = new Map(state.series);
  series.delete(runId);
  series.set(runId, known);
  return { ...state, series: newest(series, SERIES_KEPT, () => false) };
}

function withoutOldestRuns(runs: ReadonlyMap<string, RunState>): ReadonlyMap<string, RunState> {
  const ended = [...runs.values()].filter((run) => hasEnded(run.status));
  const tooMany = new Set(ended.slice(0, Math.max(0, ended.length - ENDED_RUNS_KEPT)).map((run) => run.run_id));
  return kept(runs, (runId) => !tooMany.has(runId));
}

/** The entries that came last, as many as `count`, and all that `isHeld` holds. */
function newest<Value>(
  entries: ReadonlyMap<string, Value>,
  count: number,
  isHeld: (key: string) => boolean,
): ReadonlyMap<string, Value> {
  const others = [...entries.keys()].filter((key) => !isHeld(key));
  const tooOld = new Set(others.slice(0, Math.max(0, others.length - count)));
  return kept(entries, (key) => !tooOld.has(key));
}

/** The same map where nothing goes, so that what depends on it is not drawn again. */
function kept<Value>(
  entries: ReadonlyMap<string, Value>,
  isKept: (key: string) => boolean,
): ReadonlyMap<string, Value> {
  const left = [...entries].filter(([key]) => isKept(key));
  return left.length === entries.size ? entries : new Map(left);
}
