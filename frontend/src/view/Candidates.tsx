/** The leaderboard of a search: best first, each fold's score as it comes, and what is running now. */

import { Fragment, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { paramWords, readLeaderboard, withRunning, type Candidate, type Leaderboard } from "../model/candidates";
import { count, nameOf, UNKNOWN } from "../model/format";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { ActionButton } from "./ActionButton";
import { Icon } from "./icons";
import { whyNotNow } from "./Status";

const AGAIN_MS = 1000;
const SHOWN_AT_FIRST = 8;
const MOST = 500;
const FOLDS_A_LINE = 5;

export function isSearch(run: RunState): boolean {
  return run.search !== null || run.running.length > 0;
}

/** Asks again, each time after the last answer, while folds are being fitted. */
function useLeaderboard(run: RunState, { asking, feeding }: FeedView): { board: Leaderboard | null; problem: string } {
  const [board, setBoard] = useState<Leaderboard | null>(null);
  const [problem, setProblem] = useState("");
  // A kernel that is busy answers late: once the server is there, its answer is not waited for.
  const source = feeding.via === "comm" || feeding.via === "none" ? feeding.via : "server";
  const isGoing = !hasEnded(run.status) && run.current_stage === "train";
  useEffect(() => {
    if (source === "none") return undefined;
    let isClosed = false;
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = await asking.control({ action: "candidates", runId: run.run_id, limit: MOST });
        if (isClosed) return;
        setBoard(readLeaderboard(answer));
        setProblem("");
      } catch (error) {
        if (isClosed) return;
        setProblem(error instanceof Error ? error.message : String(error));
      }
      if (isGoing && !isClosed) timer = window.setTimeout(() => void ask(), AGAIN_MS);
    };
    void ask();
    return () => {
      isClosed = true;
      clearTimeout(timer);
    };
  }, [run.run_id, isGoing, source]);
  return { board, problem };
}

export function Candidates({ run, view }: { run: RunState; view: FeedView }): JSX.Element {
  const { board, problem } = useLeaderboard(run, view);
  const [isWhole, setWhole] = useState(false);
  const rows = withRunning(board?.rows ?? [], run);
  const isScored = (row: Candidate): boolean => row.mean !== null;
  const scored = rows.filter(isScored);
  const running = rows.filter((row) => row.status === "running");
  const isShort = rows.length <= SHOWN_AT_FIRST;
  const first = isShort ? rows : [...scored.slice(0, SHOWN_AT_FIRST), ...running];
  const shown = isWhole ? rows : first.length ? first : rows.slice(0, SHOWN_AT_FIRST);
  const hidden = rows.length - (first.length || shown.length);
  return (
    <>
      <Sum run={run} board={board} />
      {problem && <p class="jpp-problem">{problem}</p>}
      {shown.length > 0 && <Table rows={shown} run={run} view={view} />}
      {view.feeding.via === "none" && <p class="jpp-empty">All candidates are shown once something is connected.</p>}
      {board !== null && board.total > board.rows.length && (
        <p class="jpp-hint">
          The best {count(board.rows.length)} of {count(board.total)} candidates; all of them: <code>run.candidates()</code>
        </p>
      )}
      {hidden > 0 && (
        <button type="button" class="jpp-button jpp-quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show the best" : `Show ${count(hidden)} more`}
        </button>
      )}
    </>
  );
}

/**
 * How many there are, and the best: also where the leaderboard itself cannot be asked for. Where it stands below,
 * the best is the one that it has there: the run's own word may be a second newer.
 */
function Sum({ run, board }: { run: RunState; board: Leaderboard | null }): JSX.Element {
  const total = board?.total ?? null;
  const completed = run.search?.completed ?? 0;
  const skipped = run.search?.skipped ?? 0;
  const best = board?.rows.find((row) => row.best) ?? run.search?.best ?? null;
  const of = total !== null && hasEnded(run.status) && total > completed ? ` of ${count(total)}` : "";
  return (
    <p class="jpp-hint">
      {count(completed)}
      {of} {completed === 1 && !of ? "candidate" : "candidates"} done
      {skipped > 0 && `, ${count(skipped)} skipped`}
      {best && (
        <>
          {" "}· best {nameOf(run.search?.scorer || "score").toLowerCase()} <b>{score(best.mean)}</b> with{" "}
          {paramWords(best.params)}
        </>
      )}
    </p>
  );
}

interface TableProps {
  rows: Candidate[];
  run: RunState;
  view: FeedView;
}

function Table({ rows, run, view }: TableProps): JSX.Element {
  const isGoing = run.status === "running" && run.current_stage === "train";
  const hasResources = rows.some((row) => row.resources !== null);
  return (
    <div class="jpp-scroll" tabIndex={0} role="region" aria-label="Candidates, best first">
      <table class="jpp-table jpp-candidates">
        <thead>
          <tr>
            <th scope="col">Rank</th>
            <th scope="col">Parameters</th>
            {hasResources && (
              <th scope="col" class="jpp-num">
                Resources
              </th>
            )}
            <th scope="col" class="jpp-num">
              Mean ± spread
            </th>
            <th scope="col" class="jpp-fold-cell">
              Folds
            </th>
            {isGoing && (
              <th scope="col">
                <span class="jpp-spoken">What can be done</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.candidate} class={row.best ? "jpp-best" : `jpp-candidate-${row.status}`}>
              <td>
                <Rank row={row} />
              </td>
              <th scope="row" class="jpp-params" title={`Candidate ${row.candidate}`}>
                {paramWords(row.params)}
              </th>
              {hasResources && <td class="jpp-num">{count(row.resources)}</td>}
              <td class="jpp-num">{meanWords(row)}</td>
              <td class="jpp-fold-cell">
                <Folds row={row} />
              </td>
              {isGoing && <td>{row.status === "running" && <Skip row={row} run={run} view={view} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STATUS_WORDS: Record<string, string> = {
  running: "running",
  waiting: "to come",
  failed: "failed",
  skipped: "skipped",
  unfinished: "not finished",
};

function Rank({ row }: { row: Candidate }): JSX.Element {
  if (row.best) {
    return (
      <b>
        {row.rank ?? ""} <span class="jpp-best-mark">best</span>
      </b>
    );
  }
  if (row.rank !== null) return <>{row.rank}</>;
  return (
    <span class="jpp-note" title={row.error ?? ""}>
      {STATUS_WORDS[row.status] ?? row.status}
    </span>
  );
}

function meanWords(row: Candidate): string {
  if (row.mean === null) return UNKNOWN;
  return row.std === null ? score(row.mean) : `${score(row.mean)} ± ${score(row.std)}`;
}

/** Each fold's score; a mark for one under way, a dash for one that failed or is to come. */
function Folds({ row }: { row: Candidate }): JSX.Element {
  const last = Math.max(row.scores.length, ...row.running.map((fold) => fold + 1));
  const folds = Array.from({ length: last }, (_, fold) => fold);
  return (
    <span class={last > FOLDS_A_LINE ? "jpp-folds jpp-folds-many" : "jpp-folds"}>
      {folds.map((fold) => (
        <Fragment key={fold}>
          <span class="jpp-fold">
            {row.running.includes(fold) ? (
              <Icon name="spinner" label={`fold ${fold + 1} is being fitted`} />
            ) : (
              score(row.scores[fold] ?? null)
            )}
          </span>{" "}
        </Fragment>
      ))}
    </span>
  );
}

function score(value: number | null): string {
  if (value === null) return UNKNOWN;
  return Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(5);
}

function Skip({ row, run, view }: { row: Candidate; run: RunState; view: FeedView }): JSX.Element {
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState("");
  const ask = (): void => {
    setAsked(true);
    setProblem("");
    view.asking.control({ action: "skip", runId: run.run_id, candidate: row.candidate }).catch((error: unknown) => {
      setAsked(false);
      setProblem(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <>
      <ActionButton
        tone="quiet"
        whyNot={isAsked ? "This candidate is being given up" : whyNotNow(view.feeding)}
        title={`Give up candidate ${row.candidate}: its other folds are not fitted`}
        onClick={ask}
      >
        {isAsked ? "Skipping…" : "Skip"}
      </ActionButton>
      {problem && (
        <span class="jpp-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
