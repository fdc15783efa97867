/** Runs side by side: what differs first, then scores, times, confusion matrices and one chart for all. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { Boundary } from "../view/Boundary";
import { RowsSkeleton, Skeleton } from "../view/Skeleton";
import { isFresh } from "../view/Status";
import { CompareCharts } from "./compare/CompareCharts";
import { CompareTable } from "./compare/CompareTable";
import { MOST_COMPARED } from "./history/BulkBar";
import { PlaceFrame } from "./PlaceFrame";
import { PlaceLink } from "./PlaceLink";
import { useLoaded } from "./use_loaded";
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
          <PlaceLink to={{ at: "history", query: "" }}>Select other runs</PlaceLink>
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
        <PlaceLink to={{ at: "history", query: "" }}>history</PlaceLink>, then press Compare.
      </p>
    );
  }
  if (awaited > 0) {
    if (!isFresh(view.feeding.connection)) {
      return <p class="jpp-empty">The server does not answer; the runs are shown once it does.</p>;
    }
    return (
      <Skeleton of="the runs">
        <RowsSkeleton count={6} />
      </Skeleton>
    );
  }
  return asked === 1 ? <p class="jpp-hint">One run alone has nothing beside it. Select another in the history.</p> : null;
}
