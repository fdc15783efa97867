/** All runs: found, ordered, selected to be compared, tagged or deleted. */

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { count } from "../model/format";
import { EVERYTHING, isNarrowed, readQuery, writeQuery, type RunQuery } from "../model/run_query";
import { rowWindow } from "../model/row_window";
import type { FeedView } from "../transport/feed_view";
import { changeRun, deleteRun } from "../transport/run_changes";
import { RowsSkeleton, Skeleton } from "../view/Skeleton";
import { isFresh, whyNotNow } from "../view/Status";
import { BulkBar } from "./history/BulkBar";
import { EditDialog } from "./history/EditDialog";
import { Filters } from "./history/Filters";
import { CARD_HEIGHT, CARDS_BELOW, ROW_HEIGHT, RunTable } from "./history/RunTable";
import { useBulk } from "./history/use_bulk";
import { useFacets } from "./history/use_facets";
import { useFoundRuns, type FoundRuns } from "./history/use_found_runs";
import { usePicked } from "./history/use_picked";
import { useScrolled } from "./history/use_scrolled";
import { PlaceFrame } from "./PlaceFrame";
import type { Go } from "./use_place";

interface HistoryViewProps {
  view: FeedView;
  /** The query, as the address has it. */
  asked: string;
  go: Go;
}

export function HistoryView({ view, asked, go }: HistoryViewProps): JSX.Element {
  const query = useMemo(() => readQuery(asked), [asked]);
  const box = useRef<HTMLDivElement>(null);
  const scrolled = useScrolled(box);
  const isCards = scrolled.width < CARDS_BELOW;
  const rowHeight = isCards ? CARD_HEIGHT : ROW_HEIGHT;
  const wanted = rowWindow({ ...scrolled, rowHeight, count: Number.MAX_SAFE_INTEGER }).to;
  const found = useFoundRuns(view, query, wanted);
  const facets = useFacets(view);
  const tags = facets.tags.map((tag) => tag.name);
  const picked = usePicked(view.asking, found.rows);
  const bulk = useBulk();
  const [edited, setEdited] = useState<string | null>(null);
  const setQuery = (changed: RunQuery): void => {
    if (box.current) box.current.scrollTop = 0;
    go({ at: "history", query: writeQuery(changed) }, "instead");
  };
  const { rest } = view;
  const removed = (runId: string): void => {
    found.drop(runId);
    picked.drop(runId);
  };
  return (
    <PlaceFrame view={view} isFilled={found.rows.length > 0}>
      <div class="jpp-history">
        <h2 class="jpp-spoken">History</h2>
        <Filters query={query} setQuery={setQuery} facets={facets} isCards={isCards} />
        <Said found={found} query={query} view={view} />
        <RunTable
          query={query}
          setQuery={setQuery}
          rows={found.rows}
          total={found.total}
          box={box}
          scrolled={scrolled}
          isStale={found.isAsking && rest !== null}
          isPicked={picked.has}
          pick={picked.pick}
          edit={setEdited}
          view={view}
          onChanged={found.put}
          onRefused={bulk.say}
        />
        {found.rows.length === 0 && <NoRows found={found} query={query} setQuery={setQuery} view={view} />}
        <BulkBar
          picked={picked.rows}
          known={tags}
          whyNot={whyNotNow(view.feeding)}
          said={bulk.said}
          isBusy={bulk.isBusy}
          compare={() => go({ at: "compare", runIds: picked.rows.map((row) => row.runId) })}
          tag={(tag) => {
            void bulk.each(picked.rows, `tagged ${tag}`, async (row) => {
              if (!rest) throw new Error("the server does not answer");
              const changed = await changeRun(rest, row.runId, { tags: [...new Set([...row.tags, tag])] });
              if (changed) found.put(changed);
            });
          }}
          remove={(rows) => {
            void bulk.each(rows, "deleted", async (row) => {
              if (!rest) throw new Error("the server does not answer");
              await deleteRun(rest, row.runId);
              removed(row.runId);
            });
          }}
          clear={() => {
            picked.clear();
            bulk.say("");
          }}
        />
      </div>
      {edited !== null && (
        <EditDialog
          key={edited}
          view={view}
          runId={edited}
          known={tags}
          close={() => setEdited(null)}
          onChanged={found.put}
          onRemoved={removed}
        />
      )}
    </PlaceFrame>
  );
}

interface SaidProps {
  found: FoundRuns;
  query: RunQuery;
  view: FeedView;
}

/** How many there are, and what keeps more from being shown. */
function Said({ found, query, view }: SaidProps): JSX.Element {
  const runs = `${count(found.total)} ${found.total === 1 ? "run" : "runs"}`;
  const isHeard = isFresh(view.feeding.connection);
  const words = !found.isKnown ? "" : isNarrowed(query) ? `${runs} found` : runs;
  return (
    <div class="jpp-history-said">
      <p class="jpp-hint" role="status">
        {words}
        {found.isLoadingMore && found.isKnown && !found.problem ? `, loading… ${count(found.rows.length)} so far` : ""}
      </p>
      {found.problem && isHeard && (
        <p class="jpp-problem" role="alert">
          {found.problem}{" "}
          <button type="button" class="jpp-button jpp-quiet" onClick={found.tryAgain}>
            Try again
          </button>
        </p>
      )}
      {!isHeard && found.rows.length > 0 && (
        <p class="jpp-hint">The server does not answer: these are the runs as this page heard of them last.</p>
      )}
    </div>
  );
}

function NoRows({ found, query, setQuery, view }: SaidProps & { setQuery: (query: RunQuery) => void }): JSX.Element | null {
  if (!isFresh(view.feeding.connection)) {
    return <p class="jpp-empty jpp-history-empty">The server does not answer; its runs are listed once it does.</p>;
  }
  if (found.problem) return null;
  if (found.isAsking) {
    return (
      <Skeleton of="the runs">
        <RowsSkeleton count={8} />
      </Skeleton>
    );
  }
  if (isNarrowed(query)) {
    return (
      <p class="jpp-empty jpp-history-empty">
        No run fits all of this.{" "}
        <button type="button" class="jpp-button" onClick={() => setQuery({ ...EVERYTHING, sort: query.sort })}>
          Show all runs
        </button>
      </p>
    );
  }
  return (
    <p class="jpp-empty jpp-history-empty">
      No run yet. Start one in a notebook with <code>jp.train(…)</code>, or in a terminal with{" "}
      <code>jupyter progress demo</code>.
    </p>
  );
}

