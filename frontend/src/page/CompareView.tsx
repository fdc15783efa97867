/** Runs side by side: what differs first, then scores, times, confusion matrices and one chart for all. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { FeedView } from "../transport/feed_view";
import { wordsOfRefusal } from "../transport/run_changes";
import { Boundary } from "../view/Boundary";
import { isFresh } from "../view/Status";
import { CompareCharts } from "./compare/CompareCharts";
import { CompareTable } from "./compare/CompareTable";
import { MOST_COMPARED } from "./history/BulkBar";
import { PlaceFrame } from "./PlaceFrame";
import { hashOf } from "./places";
import type { Go } from "./use_place";

interface CompareViewProps {
  view: FeedView;
  runIds: readonly string[];
  go: Go;
}

export function CompareView({ view, runIds, go }: CompareViewProps): JSX.Element {
  const ids = [...new Set(runIds)].slice(0, MOST_COMPARED);
  const problems = useLoaded(view, ids);
  const runs = ids.flatMap((runId) => view.state.runs.get(runId) ?? []);
  const awaited = ids.length - runs.length - problems.size;
  return (
    <PlaceFrame view={view} isFilled={runs.length > 0}>
      <div class="jpp-compare">
        <header class="jpp-compare-head">
          <h2>Comparison</h2>
          <a href={hashOf({ at: "history", query: "" })}>Select other runs</a>
        </header>
        {runIds.length > ids.length && <p class="jpp-hint">The first {MOST_COMPARED} of them stand side by side.</p>}
        {[...problems].map(([runId, why]) => (
          <p key={runId} class="jpp-problem" role="alert">
            {runId}: {why}
          </p>
        ))}
        <Awaiting view={view} asked={ids.length} awaited={awaited} />
        {runs.length > 0 && (
          <>
            <CompareTable
              runs={runs}
              drop={(runId) => go({ at: "compare", runIds: ids.filter((other) => other !== runId) }, "instead")}
            />
            <Boundary what="The charts">
              <CompareCharts view={view} runs={runs} />
            </Boundary>
          </>
        )}
      </div>
    </PlaceFrame>
  );
}

function Awaiting({ view, asked, awaited }: { view: FeedView; asked: number; awaited: number }): JSX.Element | null {
  if (asked === 0) {
    return (
      <p class="jpp-empty">
        No run is named to be compared. Select two or more in the{" "}
        <a href={hashOf({ at: "history", query: "" })}>history</a>, then press Compare.
      </p>
    );
  }
  if (awaited > 0) {
    const isAsking = isFresh(view.feeding.connection);
    return <p class="jpp-empty">{isAsking ? "Loading…" : "The server does not answer; the runs are shown once it does."}</p>;
  }
  return asked === 1 ? <p class="jpp-hint">One run alone has nothing beside it. Select another in the history.</p> : null;
}

/** Ask for the runs that the stream's snapshot does not hold; answers why some cannot be had. */
function useLoaded({ state, rest, asking }: FeedView, ids: readonly string[]): ReadonlyMap<string, string> {
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

