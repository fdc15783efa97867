/** The panel of everything that is going on: the active runs as rows, and the newest that ended. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PanelSize, PartName } from "../model/parts";
import { goingOn, isAtWork } from "../model/order";
import { runsNewestFirst } from "../model/view_state";
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
import { HealthBox, HealthLine, HealthMark } from "./HealthBox";
import { HeaderNotice } from "./HeaderNotice";
import { RunsLine } from "./Line";
import { Section } from "./Section";
import { ProgressBar } from "./Progress";
import { RunListSkeleton, Skeleton } from "./Skeleton";
import { Summary } from "./Panel";
import { runNote } from "./run_note";
import { secondsSince } from "./shown";
import { ConnectionMark, isFresh, StatusIcon } from "./Status";
import { useFeed } from "./use_feed";
import { usePanelTelling } from "./use_telling";

const RECENT = 5;
const LINES = 10;
const NO_RUN = "No run yet. Start one with jp.train(…).";

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

interface EverythingProps {
  feed: PanelFeed;
  /** Null: what is seen at a glance. */
  show?: readonly PartName[] | null;
  size?: PanelSize;
}

export function EverythingPanel({ feed, show = null, size = "panel" }: EverythingProps): JSX.Element {
  useClock();
  const view = useFeed(feed);
  const told = usePanelTelling(feed, { canShow: size !== "line" });
  const { feeding, state } = view;
  const fresh = isFresh(feeding.connection);
  const runs = runsNewestFirst(state);
  if (size === "line") return <RunsLine view={view} runs={runs} isFresh={fresh} />;
  return (
    <Freshness.Provider value={fresh}>
      <article class={fresh ? "jpp-panel" : "jpp-panel jpp-stale"} aria-label="Training runs" ref={told.place}>
        <header class="jpp-header jpp-line">
          <div class="jpp-title">
            <h2 class="jpp-name">Training runs</h2>
            {state.health && <HealthMark health={state.health} />}
          </div>
          <ConnectionMark feeding={feeding} />
          <Boundary what="Notices">
            <HeaderNotice notices={told.notices} dismiss={told.dismiss} />
          </Boundary>
        </header>
        <Caution view={view} isSaved={runs.length > 0} />
        {show === null ? (
          <div class="jpp-live">
            <Runs view={view} runs={runs} isFresh={fresh} />
            <Boundary what="What has happened">
              {state.health && state.health.status !== "green" && <HealthLine health={state.health} />}
              <ActivityList activity={state.activity.slice(0, 3)} runs={state.runs} />
            </Boundary>
          </div>
        ) : (
          <NamedParts view={view} runs={runs} isFresh={fresh} show={show} />
        )}
        <Announcer run={goingOn([...runs])[0] ?? null} notices={state.notices} connection={feeding.connection} />
      </article>
    </Freshness.Provider>
  );
}

function NamedParts({ show, ...of }: RunsProps & { show: readonly PartName[] }): JSX.Element {
  const { health, activity, runs } = of.view.state;
  return (
    <div class="jpp-live jpp-parts">
      {show.map((name) => (
        <div class="jpp-part" key={name} data-part={name}>
          {name === "progress" && <Runs {...of} />}
          {name === "health" && (
            <Section title="Machine health">
              {health ? <HealthBox health={health} /> : <p class="jpp-empty">Not known yet.</p>}
            </Section>
          )}
          {name === "activity" && (
            <Section title="Activity">
              <ActivityList activity={activity.slice(0, LINES)} runs={runs} />
            </Section>
          )}
        </div>
      ))}
    </div>
  );
}

interface RunsProps {
  view: FeedView;
  runs: readonly RunState[];
  isFresh: boolean;
}

/** What goes on, and the newest that ended; each opens on a click. */
function Runs({ view, runs, isFresh: fresh }: RunsProps): JSX.Element {
  const [opened, setOpened] = useState<string | null>(null);
  const active = goingOn([...runs]);
  const isHeard = fresh && view.state.logId !== null;
  const recent = runs.filter((run) => hasEnded(run.status)).slice(0, RECENT);
  return (
    <>
      {!runs.length && !isCautioned(view) && (isHeard ? <p class="jpp-empty">{NO_RUN}</p> : <Awaited />)}
      <ul class="jpp-runs">
        {[...active, ...recent].map((run) => (
          <li key={run.run_id}>
            <Boundary what="A run">
              <RunRow
                run={run}
                heardAt={view.state.heardAt.get(run.run_id) ?? null}
                isFresh={fresh}
                isOpen={opened === run.run_id}
                onOpen={() => setOpened(opened === run.run_id ? null : run.run_id)}
              />
              {opened === run.run_id && <Opened view={view} run={run} isFresh={fresh} />}
            </Boundary>
          </li>
        ))}
      </ul>
    </>
  );
}

function Awaited(): JSX.Element {
  return (
    <Skeleton of="the runs">
      <RunListSkeleton />
    </Skeleton>
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
