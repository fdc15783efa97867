/** The runs at the left: those that go on and recent ones, and older ones on demand. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { clock } from "../model/format";
import { readRuns } from "../model/reading";
import { fields, text } from "../model/reading_fields";
import { goingOn, isAtWork } from "../model/order";
import { hasEnded } from "../model/transitions";
import { runsNewestFirst } from "../model/view_state";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { isCautioned } from "../view/Caution";
import { runNote } from "../view/run_note";
import { ProgressBar } from "../view/Progress";
import { isHeard } from "./PlaceFrame";
import { RunListSkeleton } from "../view/Skeleton";
import { secondsSince } from "../view/shown";
import { StatusIcon } from "../view/Status";

const PAGE = 30;

export interface OlderRuns {
  runs: ReadonlyMap<string, RunState>;
  hasMore: boolean;
  problem: string;
  load: () => Promise<void>;
}

/** Runs from before the newest that a snapshot holds, a page at a time. */
export function useOlderRuns({ rest }: FeedView): OlderRuns {
  const [runs, setRuns] = useState<ReadonlyMap<string, RunState>>(new Map());
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const load = async (): Promise<void> => {
    const before = next ? `&before=${encodeURIComponent(next)}` : "";
    try {
      const answer = fields(await rest?.get(`runs?limit=${PAGE}${before}`));
      const older = readRuns(answer["runs"]).map((run) => [run.run_id, run] as const);
      setRuns((known) => new Map([...known, ...older]));
      setNext(text(answer["next"]));
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return { runs, hasMore: next !== null, problem, load };
}

/** All runs known, newest first; what the stream says goes before what was fetched. */
export function allRuns({ state }: FeedView, older: OlderRuns): RunState[] {
  const known = new Map([...older.runs, ...state.runs]);
  return runsNewestFirst({ ...state, runs: known });
}

/** What a page opens on: the run at work, else the next to be, else the one that ended last. */
export function firstToShow(runs: readonly RunState[]): RunState | undefined {
  return goingOn(runs)[0] ?? runs[0];
}

interface RunListProps {
  view: FeedView;
  older: OlderRuns;
  selected: string | null;
  isFresh: boolean;
  select: (runId: string) => void;
}

export function RunList(props: RunListProps): JSX.Element {
  const runs = allRuns(props.view, props.older);
  const active = goingOn(runs);
  const ended = runs.filter((run) => hasEnded(run.status));
  const { older } = props;
  // An empty list would say that there are none.
  if (!isHeard(props.view)) return <Unlisted isAwaited={!isCautioned(props.view)} />;
  return (
    <nav class="jpp-side" aria-label="Runs">
      {active.length > 0 && (
        <>
          <h2>Going on</h2>
          <Rows runs={active} {...props} />
        </>
      )}
      <h2>Recent</h2>
      {ended.length > 0 ? (
        <Rows runs={ended} {...props} />
      ) : (
        <p class="jpp-empty jpp-indented">No run has ended yet.</p>
      )}
      {older.hasMore && runs.length >= 20 && (
        <button type="button" class="jpp-button jpp-quiet" onClick={() => void older.load()}>
          Load more
        </button>
      )}
      {older.problem && <p class="jpp-problem">{older.problem}</p>}
    </nav>
  );
}

/** Before anything is heard. */
function Unlisted({ isAwaited }: { isAwaited: boolean }): JSX.Element {
  return (
    <nav class="jpp-side" aria-label="Runs">
      {isAwaited && (
        <>
          <h2>Recent</h2>
          <RunListSkeleton />
        </>
      )}
    </nav>
  );
}

/** How many rows a narrow page shows before it is asked for all; `layout.css` counts as far. */
const FEW = 3;

type RowsProps = Pick<RunListProps, "view" | "selected" | "isFresh" | "select"> & { runs: RunState[] };

function Rows({ runs, selected, ...shared }: RowsProps): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      <ul class={isWhole ? "jpp-runs" : "jpp-runs jpp-few"}>
        {runs.map((run) => {
          const isSelected = selected === run.run_id;
          return (
            <li key={run.run_id} class={isSelected || isAtWork(run) ? "jpp-always" : ""}>
              <Row run={run} isSelected={isSelected} {...shared} />
            </li>
          );
        })}
      </ul>
      {runs.length > FEW && !isWhole && (
        <button type="button" class="jpp-button jpp-quiet jpp-show-all" onClick={() => setWhole(true)}>
          Show all {runs.length}
        </button>
      )}
    </>
  );
}

type RowProps = Omit<RowsProps, "runs" | "selected"> & { run: RunState; isSelected: boolean };

function Row({ run, isSelected, view, isFresh, select }: RowProps): JSX.Element {
  const heardAt = view.state.heardAt.get(run.run_id) ?? null;
  const began = run.start_time ?? run.queued_time ?? "";
  return (
    <button
      type="button"
      class="jpp-run-row"
      aria-current={isSelected}
      onClick={() => select(run.run_id)}
    >
      <StatusIcon status={run.status} />
      <span class="jpp-run-name" title={run.name}>{run.name || run.run_id}</span>
      <span class="jpp-run-time">{clock(began, Date.now(), "minute")}</span>
      <span class="jpp-run-note jpp-run-second">{runNote(run, secondsSince(heardAt, isFresh))}</span>
      {isAtWork(run) && <ProgressBar run={run} heardAt={heardAt} isFresh={isFresh} />}
    </button>
  );
}
