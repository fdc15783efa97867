/** Runs that the stream's snapshot does not hold: asked for, each by itself. */

import { useEffect, useState } from "preact/hooks";
import type { FeedView } from "../transport/feed_view";
import { wordsOfRefusal } from "../transport/run_changes";

/** Have these runs loaded; answers why some cannot be had. */
export function useLoaded({ state, rest, asking }: FeedView, ids: readonly string[]): ReadonlyMap<string, string> {
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const missing = ids.filter((runId) => !state.runs.has(runId));
  const canAsk = rest !== null;
  useEffect(() => {
    if (!canAsk) return;
    setProblems(new Map());
    for (const runId of missing) {
      asking.loadRun(runId).catch((error: unknown) => {
        setProblems((known) => new Map([...known, [runId, wordsOfRefusal(error)]]));
      });
    }
  }, [missing.join(), canAsk]);
  return new Map([...problems].filter(([runId]) => missing.includes(runId)));
}
