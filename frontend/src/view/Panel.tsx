/** The panel of one run: small by default, the rest on demand. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { Feeding, PanelFeed } from "../transport/panel_feed";
import { Boundary } from "./Boundary";
import { Caution, isCautioned } from "./Caution";
import { useClock } from "./clock";
import { Controls } from "./Controls";
import { Details, isAbout, SECTIONS, type SectionName } from "./Details";
import { HealthLine } from "./HealthBox";
import { Notices } from "./Notices";
import { Figures, ProgressBar, type ProgressProps } from "./Progress";
import { Failure } from "./Results";
import { NewestActivity } from "./RunActivity";
import { StageStrip } from "./Stages";
import { ConnectionMark, isFresh, StatusMark, Tags } from "./Status";
import { useFeed } from "./use_feed";

export interface PanelProps {
  feed: PanelFeed;
  /** Null: all, behind the toggle. */
  show: readonly SectionName[] | null;
}

function Header({ run, feeding }: { run: RunState; feeding: Feeding }): JSX.Element {
  return (
    <header class="jpp-header">
      <StatusMark status={run.status} />
      <h2 class="jpp-name" title={run.run_id}>
        {run.name || run.run_id}
      </h2>
      <Tags tags={run.tags} />
      <ConnectionMark feeding={feeding} />
    </header>
  );
}

function progressOf(feed: PanelFeed, run: RunState, feeding: Feeding): ProgressProps {
  const heardAt = feed.state.heardAt.get(run.run_id) ?? null;
  return { run, heardAt, isFresh: isFresh(feeding.connection) && !feed.isUnknown };
}

export function RunPanel({ feed, show }: PanelProps): JSX.Element {
  useClock();
  useFeed(feed);
  const feeding = feed.feeding;
  const { run } = feed;
  if (!run) return <Waiting feed={feed} feeding={feeding} />;
  const progress = progressOf(feed, run, feeding);
  // What has ended does not change: an old report of it is as good as new.
  const isStale = !progress.isFresh && !hasEnded(run.status);
  return (
    <article class={isStale ? "jpp-panel jpp-stale" : "jpp-panel"} aria-label={run.name}>
      <Header run={run} feeding={feeding} />
      <Boundary what="Notices">
        <Notices notices={feed.state.notices.filter((notice) => isAbout(notice.run_id, run))} />
      </Boundary>
      <Caution feed={feed} feeding={feeding} isSaved />
      {show === null ? (
        <Toggled feed={feed} {...progress} />
      ) : (
        <Opened feed={feed} shown={show} {...progress} />
      )}
    </article>
  );
}

interface SummaryProps extends ProgressProps {
  feed: PanelFeed;
  /** What is shown in full elsewhere, and so not in short here. */
  opened?: readonly SectionName[];
}

/** What is seen at a glance. */
export function Summary({ feed, opened = [], ...progress }: SummaryProps): JSX.Element {
  const { run } = progress;
  const { health } = feed.state;
  return (
    <div class="jpp-live">
      <Boundary what="Progress">
        <ProgressBar {...progress} />
        <Figures {...progress} />
      </Boundary>
      <Boundary what="Stages">
        <StageStrip {...progress} />
      </Boundary>
      <Boundary what="What has happened">
        {run.error && <Failure error={run.error} isWhole={opened.length > 0} />}
        {!opened.includes("health") && health && health.status !== "green" && (
          <HealthLine health={health} />
        )}
        {!opened.includes("activity") && (
          <NewestActivity feed={feed} run={run} />
        )}
      </Boundary>
    </div>
  );
}

function Actions({ feed, run }: { feed: PanelFeed; run: RunState }): JSX.Element | null {
  if (feed.isUnknown) return null;
  return (
    <Boundary what="Controls">
      <Controls run={run} feed={feed} feeding={feed.feeding} />
    </Boundary>
  );
}

type PartProps = ProgressProps & { feed: PanelFeed };

function Toggled({ feed, ...progress }: PartProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <Summary feed={feed} {...progress} opened={isOpen ? SECTIONS : []} />
      <footer class="jpp-footer">
        <Actions feed={feed} run={progress.run} />
        <button
          type="button"
          class="jpp-button jpp-quiet jpp-toggle"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          Details
          <span class="jpp-chevron" aria-hidden="true" />
        </button>
      </footer>
      <div id={id} class="jpp-live" hidden={!isOpen}>
        {isOpen && <Details feed={feed} shown={SECTIONS} {...progress} />}
      </div>
    </>
  );
}

/** Only the sections that were asked for, without a toggle. */
function Opened({ feed, shown, ...progress }: PartProps & { shown: readonly SectionName[] }): JSX.Element {
  return (
    <>
      <Summary feed={feed} {...progress} opened={shown} />
      <Actions feed={feed} run={progress.run} />
      <div class="jpp-live">
        <Details feed={feed} shown={shown} {...progress} />
      </div>
    </>
  );
}

function Waiting({ feed, feeding }: { feed: PanelFeed; feeding: Feeding }): JSX.Element {
  return (
    <article class="jpp-panel">
      <header class="jpp-header">
        <h2 class="jpp-name">Run</h2>
        <ConnectionMark feeding={feeding} />
      </header>
      <Caution feed={feed} feeding={feeding} isSaved={false} />
      {!isCautioned(feed, feeding) && <p class="jpp-empty">Nothing has been heard of this run yet.</p>}
    </article>
  );
}
