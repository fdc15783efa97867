/** The runs that are looked for: loaded as far as they are wanted, and kept in step with the stream. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { readRuns } from "../../model/reading";
import { fields, number, text } from "../../model/reading_fields";
import { shownMetric, writeQuery, type RunQuery } from "../../model/run_query";
import { rowOf, shownRows, type Found, type RunRow, type ShownRows } from "../../model/run_rows";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import type { Rest } from "../../transport/rest";
import { wordsOfRefusal } from "../../transport/run_changes";

const FIRST_PAGE = 60;
const PAGE = 200;
const RELOADED_AT_ONCE = 20;
const NOTHING: Found = { rows: [], total: 0, next: null };
const NOBODY: ReadonlySet<string> = new Set();

export interface FoundRuns extends ShownRows {
  /** The first page of what is looked for has not come yet; what is shown is of before. */
  isAsking: boolean;
  isLoadingMore: boolean;
  /** Something was answered since the page was opened. */
  isKnown: boolean;
  problem: string;
  tryAgain: () => void;
  /** A run's state as a request has answered it, and a run that is gone. */
  put: (run: RunState) => void;
  drop: (runId: string) => void;
}

interface Loaded extends Found {
  /** What these are the runs of. */
  asked: string;
}

/** `wanted`: how many rows from the top are to be there. */
export function useFoundRuns(view: FeedView, query: RunQuery, wanted: number): FoundRuns {
  const asked = writeQuery(query);
  const metric = shownMetric(query);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [gone, setGone] = useState(NOBODY);
  const [problem, setProblem] = useState("");
  const [tries, setTries] = useState(0);
  const { rest, state } = view;
  const canAsk = rest !== null;
  const isCurrent = loaded !== null && loaded.asked === asked;
  const hasMore = isCurrent && loaded.next !== null;
  const place = hasMore && loaded.rows.length < wanted ? loaded.next : null;
  useEffect(() => {
    if (rest === null || (isCurrent && place === null)) return;
    const closed = new AbortController();
    setProblem("");
    const before = isCurrent ? place : null;
    loadPage(rest, asked, metric, before, closed.signal).then(
      (page) => {
        setLoaded((known) => joined(known, page, asked, before));
        if (before === null) setGone(NOBODY);
      },
      (error: unknown) => {
        if (!closed.signal.aborted) setProblem(wordsOfRefusal(error));
      },
    );
    return () => closed.abort();
  }, [asked, isCurrent, place, canAsk, state.logId, tries]);
  useEffect(() => setLoaded(null), [state.logId]);
  const put = (run: RunState): void => {
    setLoaded((known) => known && { ...known, rows: replaced(known.rows, rowOf(run, metric)) });
  };
  const drop = (runId: string): void => setGone((known) => new Set([...known, runId]));
  useReloading(view, loaded, put, drop);
  const shown = useMemo(() => {
    // Of the runs of another query only what was answered then is known.
    if (loaded && !isCurrent) return { rows: loaded.rows, total: loaded.total };
    return shownRows(loaded ?? NOTHING, state.runs, gone, query, metric);
  }, [loaded, isCurrent, state.runs, gone, asked]);
  return {
    ...shown,
    isAsking: !isCurrent,
    isLoadingMore: place !== null,
    isKnown: loaded !== null,
    problem,
    tryAgain: () => setTries((count) => count + 1),
    put,
    drop,
  };
}

async function loadPage(
  rest: Rest,
  asked: string,
  metric: string | null,
  before: string | null,
  signal: AbortSignal,
): Promise<Found> {
  const more = before === null ? `limit=${FIRST_PAGE}` : `limit=${PAGE}&before=${encodeURIComponent(before)}`;
  const answer = fields(await rest.get(`runs?${asked ? `${asked}&` : ""}${more}`, signal));
  const rows = readRuns(answer["runs"]).map((run) => rowOf(run, metric));
  return { rows, total: number(answer["total"]) ?? rows.length, next: text(answer["next"]) };
}

/** A page below what is there; a run that has moved on in the order since stands where it was. */
function joined(known: Loaded | null, page: Found, asked: string, before: string | null): Loaded {
  if (before === null || known?.asked !== asked) return { ...page, asked };
  const ids = new Set(known.rows.map((row) => row.runId));
  return { ...page, asked, rows: [...known.rows, ...page.rows.filter((row) => !ids.has(row.runId))] };
}

function replaced(rows: readonly RunRow[], row: RunRow): readonly RunRow[] {
  return rows.map((known) => (known.runId === row.runId ? row : known));
}

/** The stream tells of every run that something happened to it; the states of old ones are asked for. */
function useReloading(
  { rest, state }: FeedView,
  loaded: Loaded | null,
  put: (run: RunState) => void,
  drop: (runId: string) => void,
): void {
  const seen = useRef<ReadonlyMap<string, number>>(state.runOffsets);
  useEffect(() => {
    const before = seen.current;
    seen.current = state.runOffsets;
    if (rest === null || loaded === null || before === state.runOffsets) return;
    const ids = new Set(loaded.rows.map((row) => row.runId));
    const changed = [...state.runOffsets]
      .filter(([runId, offset]) => offset > (before.get(runId) ?? 0) && ids.has(runId) && !state.runs.has(runId))
      .map(([runId]) => runId);
    for (const runId of changed.slice(0, RELOADED_AT_ONCE)) {
      // Looked for, not asked for by itself: that one is gone is no error.
      rest.get(`runs?q=${encodeURIComponent(runId)}&limit=1`).then(
        (answer) => {
          const [run] = readRuns(fields(answer)["runs"]);
          if (run) put(run);
          else drop(runId);
        },
        (error: unknown) => console.debug(error),
      );
    }
  }, [state.runOffsets]);
}
