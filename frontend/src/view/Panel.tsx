/** The panel of one run: small by default, the rest on demand. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { isToldIn, noticeWithinRun } from "../model/notices";
import { stopWords } from "../model/early_end";
import type { PanelSize, PartName } from "../model/parts";
import { waitingWords } from "../model/queueing";
import { hasEnded } from "../model/transitions";
import type { Notice } from "../model/view_state";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import type { PanelFeed } from "../transport/panel_feed";
import { Announcer } from "./Announcer";
import { Boundary } from "./Boundary";
import { Caution, isCautioned } from "./Caution";
import { useClock } from "./clock";
import { Controls } from "./Controls";
import { Details, SECTIONS, type SectionName } from "./Details";
import { HealthLine } from "./HealthBox";
import { Freshness } from "./freshness";
import { HeaderNotice } from "./HeaderNotice";
import { RunLine, WaitingLine } from "./Line";
import { Parts } from "./Parts";
import { Figures, ProgressBar, type ProgressProps } from "./Progress";
import { Failure } from "./Results";
import { NewestActivity } from "./RunActivity";
import { PanelSkeleton } from "./Skeleton";
import { StageStrip } from "./Stages";
import { Stalled } from "./Stalled";
import { ConnectionMark, isFresh, StatusMark, Tags } from "./Status";
import { useFeed } from "./use_feed";
import { usePanelTelling, type Told } from "./use_telling";

export interface PanelProps {
  feed: PanelFeed;
  /** Null: all, behind the toggle. */
  show: readonly PartName[] | null;
  size?: PanelSize;
}

function noticesOf(view: FeedView, run: RunState): Notice[] {
  return view.state.notices.filter((notice) => isToldIn(notice, run));
}

interface HeaderProps {
  run: RunState;
  view: FeedView;
  told: Told;
}

function Header({ run, view, told }: HeaderProps): JSX.Element {
  const stopped = stopWords(run);
  return (
    <header class="jpp-header jpp-line">
      <StatusMark status={run.status} />
      <div class="jpp-title">
        {stopped && <span class="jpp-note jpp-stopped">· {stopped}</span>}
        <h2 class="jpp-name" title={`${run.name}\n${run.run_id}`.trim()}>
          {run.name || run.run_id}
        </h2>
        <span class="jpp-tags" title={run.tags.join(", ")}>
          <Tags tags={run.tags} />
        </span>
      </div>
      <ConnectionMark feeding={view.feeding} />
      <Boundary what="Notices">
        <HeaderNotice notices={told.notices.map((notice) => noticeWithinRun(notice, run))} dismiss={told.dismiss} />
      </Boundary>
    </header>
  );
}

function progressOf(view: FeedView, run: RunState): ProgressProps {
  const heardAt = view.state.heardAt.get(run.run_id) ?? null;
  return { run, heardAt, isFresh: isFresh(view.feeding.connection) && !view.isUnknown };
}

export function RunPanel({ feed, show, size = "panel" }: PanelProps): JSX.Element {
  useClock();
  const view = useFeed(feed);
  const tells = (notice: Notice): boolean => feed.run !== null && isToldIn(notice, feed.run);
  const told = usePanelTelling(feed, { tells, canShow: size !== "line" });
  const { run } = view;
  if (!run) return size === "line" ? <WaitingLine view={view} title="Run" /> : <Waiting view={view} />;
  const progress = progressOf(view, run);
  // What has ended does not change: an old report of it is as good as new.
  const isStale = !progress.isFresh && !hasEnded(run.status);
  if (size === "line") return <RunLine view={view} isStale={isStale} {...progress} />;
  return (
    <Freshness.Provider value={progress.isFresh}>
      <article class={isStale ? "jpp-panel jpp-stale" : "jpp-panel"} aria-label={run.name} ref={told.place}>
        <Header run={run} view={view} told={told} />
        <Caution view={view} isSaved />
        {show === null ? (
          <Toggled view={view} {...progress} />
        ) : (
          <Parts view={view} shown={show} {...progress} />
        )}
        <Announcer run={run} notices={noticesOf(view, run)} connection={view.feeding.connection} />
      </article>
    </Freshness.Provider>
  );
}

interface SummaryProps extends ProgressProps {
  view: FeedView;
  /** What is shown in full elsewhere, and so not in short here. */
  opened?: readonly SectionName[];
}

/** What is seen at a glance. */
export function Summary({ view, opened = [], ...progress }: SummaryProps): JSX.Element {
  const { run } = progress;
  return (
    <div class="jpp-live">
      <Boundary what="Progress">
        <ProgressBar {...progress} />
        <Figures {...progress} />
        <Stalled run={run} isWhole={opened.length > 0} />
      </Boundary>
      <Boundary what="Stages">
        <StageStrip {...progress} waiting={waitingWords(run, view.state)} />
      </Boundary>
      <Boundary what="What has happened">
        {run.error && <Failure error={run.error} isWhole={opened.length > 0} />}
        <News view={view} run={run} opened={opened} />
      </Boundary>
    </div>
  );
}

interface NewsProps {
  view: FeedView;
  run: RunState;
  opened: readonly SectionName[];
}

/** What is new, in a place that is as high from the start as it will be. */
function News({ view, run, opened }: NewsProps): JSX.Element | null {
  const { health } = view.state;
  // The machine's colour of now says nothing about a run that has ended.
  const isStrained = health !== null && health.status !== "green" && !hasEnded(run.status);
  if (opened.includes("health") && opened.includes("activity")) return null;
  return (
    <div class={opened.includes("activity") ? "jpp-news" : "jpp-news jpp-told-news"}>
      {isStrained && !opened.includes("health") && <HealthLine health={health} />}
      {!opened.includes("activity") && <NewestActivity view={view} run={run} />}
    </div>
  );
}

function Actions({ view, run }: { view: FeedView; run: RunState }): JSX.Element | null {
  if (view.isUnknown) return null;
  return (
    <Boundary what="Controls">
      <Controls run={run} view={view} />
    </Boundary>
  );
}

type PartProps = ProgressProps & { view: FeedView };

function Toggled({ view, ...progress }: PartProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <Summary view={view} {...progress} opened={isOpen ? SECTIONS : []} />
      <footer class="jpp-footer">
        <Actions view={view} run={progress.run} />
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
        {isOpen && <Details view={view} shown={SECTIONS} {...progress} />}
      </div>
    </>
  );
}

/** Before anything is heard: as high as the panel of a run, whose place it keeps. */
function Waiting({ view }: { view: FeedView }): JSX.Element {
  return (
    <article class="jpp-panel" aria-label="Run">
      <header class="jpp-header jpp-line">
        <div class="jpp-title">
          <h2 class="jpp-name">Run</h2>
        </div>
        <ConnectionMark feeding={view.feeding} />
      </header>
      <Caution view={view} isSaved={false} />
      {!isCautioned(view) && <PanelSkeleton />}
    </article>
  );
}
