/** The page: runs at the left, the selected one beside them, then models, health and activity. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import type { PanelFeed } from "../transport/panel_feed";
import { ActivityFeed } from "../view/Activity";
import { Boundary } from "../view/Boundary";
import { Caution } from "../view/Caution";
import { useClock } from "../view/clock";
import { Controls } from "../view/Controls";
import { Details, SECTIONS, type SectionName } from "../view/Details";
import { HealthBox, HealthMark } from "../view/HealthBox";
import { Notices } from "../view/Notices";
import { Summary } from "../view/Panel";
import { Section } from "../view/Section";
import { ConnectionMark, isFresh, StatusMark, Tags, whyNotNow } from "../view/Status";
import { useFeed } from "../view/use_feed";
import { Models } from "./Models";
import { allRuns, firstToShow, RunList, useOlderRuns } from "./RunList";

const RUN_SECTIONS: SectionName[] = ["results", "chart", "candidates", "stages", "resources", "activity", "output"];
const PREFIX = "#run=";

function selectedInAddress(): string | null {
  return location.hash.startsWith(PREFIX)
    ? decodeURIComponent(location.hash.slice(PREFIX.length))
    : null;
}

/** The selected run stands in the address, so that it can be sent to somebody. */
function useSelected(): [string | null, (runId: string) => void] {
  const [selected, setSelected] = useState(selectedInAddress);
  useEffect(() => {
    const follow = (): void => setSelected(selectedInAddress());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const select = (runId: string): void => {
    location.hash = PREFIX + encodeURIComponent(runId);
  };
  return [selected, select];
}

export function Page({ feed }: { feed: PanelFeed }): JSX.Element {
  useClock();
  const view = useFeed(feed);
  const older = useOlderRuns(view);
  const [wanted, select] = useSelected();
  const { state, feeding } = view;
  const fresh = isFresh(feeding.connection);
  const runs = allRuns(view, older);
  const run = wanted === null ? firstToShow(runs) : runs.find((known) => known.run_id === wanted);
  useLookUp(view, wanted, run !== undefined);
  return (
    <div class={fresh ? "jpp-page" : "jpp-page jpp-stale"}>
      <header class="jpp-top">
        <h1>Training runs</h1>
        {state.health && <HealthMark health={state.health} />}
        <ConnectionMark feeding={feeding} />
      </header>
      <Boundary what="The list of runs">
        <RunList
          view={view}
          older={older}
          selected={run?.run_id ?? null}
          isFresh={fresh}
          select={select}
        />
      </Boundary>
      <main class="jpp-main jpp">
        <Caution view={view} isSaved={runs.length > 0} />
        {run ? (
          <Boundary what="This run" key={run.run_id}>
            <RunDetail view={view} run={run} isFresh={fresh} />
          </Boundary>
        ) : (
          <NoRun wanted={wanted} isConnecting={!fresh} />
        )}
        <Surroundings view={view} runs={runs} />
      </main>
      <Boundary what="Notices">
        <Notices notices={state.notices} />
      </Boundary>
    </div>
  );
}

/** A run named in the address may be older than what the stream's snapshot holds. */
function useLookUp({ rest, asking }: FeedView, wanted: string | null, isKnown: boolean): void {
  const canAsk = rest !== null;
  useEffect(() => {
    if (wanted !== null && !isKnown && canAsk) {
      asking.loadRun(wanted).catch((error: unknown) => console.warn(error));
    }
  }, [wanted, isKnown, canAsk]);
}

function NoRun({ wanted, isConnecting }: { wanted: string | null; isConnecting: boolean }): JSX.Element {
  if (isConnecting) return <p class="jpp-empty">Connecting…</p>;
  if (wanted !== null) return <p class="jpp-empty">This server knows no run {wanted}.</p>;
  return (
    <p class="jpp-empty">
      No run yet. Start one in a notebook with <code>jp.train(…)</code>, or in a terminal with{" "}
      <code>jupyter progress demo</code>.
    </p>
  );
}

function RunDetail({ view, run, isFresh: fresh }: { view: FeedView; run: RunState; isFresh: boolean }): JSX.Element {
  const progress = { run, heardAt: view.state.heardAt.get(run.run_id) ?? null, isFresh: fresh };
  return (
    <article class="jpp-panel jpp-detail" aria-label={run.name} key={run.run_id}>
      <header class="jpp-header">
        <StatusMark status={run.status} />
        <h2 class="jpp-name" title={run.name}>{run.name || run.run_id}</h2>
        <Tags tags={run.tags} />
        <code class="jpp-run-id">{run.run_id}</code>
      </header>
      <div class="jpp-live">
        <Summary view={view} {...progress} opened={SECTIONS} />
        <Boundary what="Controls">
          <Controls run={run} view={view} />
        </Boundary>
        <Details view={view} shown={RUN_SECTIONS} {...progress} />
      </div>
    </article>
  );
}

/** What is not about one run. */
function Surroundings({ view, runs }: { view: FeedView; runs: readonly RunState[] }): JSX.Element {
  const { state } = view;
  return (
    <div class="jpp-live jpp-surroundings">
      <Section title="Models">
        <Models view={view} />
      </Section>
      {state.health && (
        <Section title="Machine health">
          <HealthBox health={state.health} />
        </Section>
      )}
      <Section title="Activity of all runs">
        <ActivityFeed
          activity={state.activity}
          runs={new Map(runs.map((run) => [run.run_id, run]))}
          loadOlder={view.rest ? (before) => view.asking.loadActivity(before) : null}
          say={(text) => view.asking.control({ action: "note", text, runId: null })}
          whyNot={whyNotNow(view.feeding)}
        />
      </Section>
    </div>
  );
}
