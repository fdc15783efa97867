/** A run in one line, for a cell of a table or a row of widgets: what it is, how far, how well, how current. */

import type { JSX } from "preact";
import { nameOf } from "../model/format";
import { liveScoreOf, withinSentence } from "../model/live_score";
import { goingOn } from "../model/order";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { Caution, isCautioned } from "./Caution";
import { ProgressBar, type ProgressProps } from "./Progress";
import { runNote } from "./run_note";
import { secondsSince } from "./shown";
import { ConnectionMark, StatusIcon } from "./Status";

interface LineProps extends ProgressProps {
  view: FeedView;
  isStale: boolean;
}

export function RunLine({ view, isStale, ...progress }: LineProps): JSX.Element {
  const { run, heardAt, isFresh } = progress;
  const note = runNote(run, secondsSince(heardAt, isFresh));
  return (
    <article class={`jpp-panel jpp-in-line${isStale ? " jpp-stale" : ""}`} aria-label={run.name}>
      <div class="jpp-live jpp-line-run">
        <StatusIcon status={run.status} />
        <span class="jpp-line-name" title={`${run.name}\n${run.run_id}`.trim()}>
          {run.name || run.run_id}
        </span>
        <ProgressBar {...progress} />
        <span class="jpp-line-note" title={note}>
          {note}
        </span>
        <LineScore run={run} />
      </div>
      <ConnectionMark feeding={view.feeding} />
      {isCautioned(view) && <Caution view={view} isSaved />}
    </article>
  );
}

/** While a run goes on: what came of it stands in its note. */
function LineScore({ run }: { run: RunState }): JSX.Element | null {
  const score = liveScoreOf(run);
  if (hasEnded(run.status) || score?.value == null) return null;
  return (
    <span class="jpp-line-score">
      {withinSentence(nameOf(score.name))} {score.value.toFixed(4)}
    </span>
  );
}

/** Before anything is known. */
export function WaitingLine({ view, title }: { view: FeedView; title: string }): JSX.Element {
  return (
    <article class="jpp-panel jpp-in-line" aria-label={title}>
      <div class="jpp-line-run">
        <span class="jpp-line-name">{title}</span>
      </div>
      <ConnectionMark feeding={view.feeding} />
      {isCautioned(view) && <Caution view={view} isSaved={false} />}
    </article>
  );
}

interface RunsLineProps {
  view: FeedView;
  runs: readonly RunState[];
  isFresh: boolean;
}

/** Everything that is going on, in one line: the run at work, and how many there are. */
export function RunsLine({ view, runs, isFresh }: RunsLineProps): JSX.Element {
  const active = goingOn([...runs]);
  const [first] = active;
  const heardAt = first ? (view.state.heardAt.get(first.run_id) ?? null) : null;
  if (!first) return <WaitingLine view={view} title={isFresh ? "Nothing is going on" : "Training runs"} />;
  return (
    <article class={`jpp-panel jpp-in-line${isFresh ? "" : " jpp-stale"}`} aria-label="Training runs">
      <div class="jpp-live jpp-line-run">
        <StatusIcon status={first.status} />
        <span class="jpp-line-name" title={first.name}>
          {first.name || first.run_id}
        </span>
        <ProgressBar run={first} heardAt={heardAt} isFresh={isFresh} />
        <span class="jpp-line-note">{runNote(first, secondsSince(heardAt, isFresh))}</span>
        {active.length > 1 && <span class="jpp-line-score">and {active.length - 1} more</span>}
      </div>
      <ConnectionMark feeding={view.feeding} />
      {isCautioned(view) && <Caution view={view} isSaved />}
    </article>
  );
}
