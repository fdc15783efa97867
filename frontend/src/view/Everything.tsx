/** The panel of everything that is going on: the active runs as rows, and the newest that ended. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { stopWords } from "../model/early_end";
import { headline } from "../model/format";
import { percent } from "../model/guessed";
import { goingOn, isAtWork } from "../model/order";
import { placeWords } from "../model/queueing";
import { runsNewestFirst } from "../model/view_state";
import { timeLeftWords } from "../model/time_left";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import type { PanelFeed } from "../transport/panel_feed";
import { ActivityList } from "./Activity";
import { Announcer } from "./Announcer";
import { Boundary } from "./Boundary";
import { Caution, isCautioned } from "./Caution";
import { useClock } from "./clock";
import { Controls } from "./Controls";
import { Freshness } from "./freshness";
import { HealthLine, HealthMark } from "./HealthBox";
import { HeaderNotice } from "./HeaderNotice";
import { ProgressBar } from "./Progress";
import { Summary } from "./Panel";
import { secondsSince, shownProgress } from "./shown";
import { ConnectionMark, isFresh, StatusIcon } from "./Status";
import { useFeed } from "./use_feed";

const RECENT = 5;
const NO_RUN = "No run yet. Start one with jp.train(…).";
const NOT_HEARD = "Nothing has been heard of any run yet.";

export function runNote(run: RunState, sinceHeard: number): string {
  const stopped = stopWords(run);
  if (stopped !== null) return `Completed · ${stopped}`;
  if (run.status === "completed") return headline(run) ?? "Completed";
  if (run.status === "failed") return run.error?.type ?? "Failed";
  if (hasEnded(run.status)) return run.status === "cancelled" ? "Cancelled" : "Interrupted";
  if (run.status === "queued") return run.queue_place === null ? "Queued" : `Queued · ${placeWords(run.queue_place)}`;
  const far = percent(run, shownProgress(run, sinceHeard));
  if (run.stalled) return `Stalled · ${far}`;
  const left = timeLeftWords(run, sinceHeard);
  return left === null ? far : `${far} · ${left} left`;
}

interface RowProps {
  run: RunState;
  heardAt: number | null;
  isFresh: boolean;
  isOpen: boolean;
  onOpen: () => void;
}

function RunRow({ run, heardAt, isFresh: fresh, isOpen, onOpen }: RowProps): JSX.Element {
  const note = runNote(run, secondsSince(heardAt, fresh));
  return (
    <button type="button" class="jpp-run-row" aria-expanded={isOpen} onClick={onOpen}>
      <StatusIcon status={run.status} />
      <span class="jpp-run-name" title={run.name}>
        {run.name || run.run_id}
      </span>
      <span class="jpp-run-note" title={note}>
        {note}
      </span>
      {isAtWork(run) && <ProgressBar run={run} heardAt={heardAt} isFresh={fresh} />}
    </button>
  );
}

export function EverythingPanel({ feed }: { feed: PanelFeed }): JSX.Element {
  useClock();
  const view = useFeed(feed);
  const [opened, setOpened] = useState<string | null>(null);
  const { feeding, state } = view;
  const fresh = isFresh(feeding.connection);
  const runs = runsNewestFirst(state);
  const active = goingOn(runs);
  const recent = runs.filter((run) => hasEnded(run.status)).slice(0, RECENT);
  return (
    <Freshness.Provider value={fresh}>
      <article class={fresh ? "jpp-panel" : "jpp-panel jpp-stale"} aria-label="Training runs">
        <header class="jpp-header jpp-line">
          <div class="jpp-title">
            <h2 class="jpp-name">Training runs</h2>
            {state.health && <HealthMark health={state.health} />}
          </div>
          <ConnectionMark feeding={feeding} />
          <Boundary what="Notices">
            <HeaderNotice notices={state.notices} />
          </Boundary>
        </header>
        <Caution view={view} isSaved={runs.length > 0} />
        <div class="jpp-live">
          {!runs.length && !isCautioned(view) && (
            <p class="jpp-empty">{fresh && state.logId !== null ? NO_RUN : NOT_HEARD}</p>
          )}
          <ul class="jpp-runs">
            {[...active, ...recent].map((run) => (
              <li key={run.run_id}>
                <Boundary what="A run">
                  <RunRow
                    run={run}
                    heardAt={state.heardAt.get(run.run_id) ?? null}
                    isFresh={fresh}
                    isOpen={opened === run.run_id}
                    onOpen={() => setOpened(opened === run.run_id ? null : run.run_id)}
                  />
                  {opened === run.run_id && <Opened view={view} run={run} isFresh={fresh} />}
                </Boundary>
              </li>
            ))}
          </ul>
          <Boundary what="What has happened">
            {state.health && state.health.status !== "green" && <HealthLine health={state.health} />}
            <ActivityList activity={state.activity.slice(0, 3)} runs={state.runs} />
          </Boundary>
        </div>
        <Announcer run={active[0] ?? null} notices={state.notices} connection={feeding.connection} />
      </article>
    </Freshness.Provider>
  );
}

function Opened({ view, run, isFresh: fresh }: { view: FeedView; run: RunState; isFresh: boolean }): JSX.Element {
  const heardAt = view.state.heardAt.get(run.run_id) ?? null;
  return (
    <div class="jpp-opened">
      <Summary view={view} run={run} heardAt={heardAt} isFresh={fresh} />
      <Controls run={run} view={view} />
    </div>
  );
}
