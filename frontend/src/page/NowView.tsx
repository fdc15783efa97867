/** What goes on: the runs at the left, the selected one beside them, then what is not about one run. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { ActivityFeed } from "../view/Activity";
import { Boundary } from "../view/Boundary";
import { Caution } from "../view/Caution";
import { isHeard, Unheard } from "./PlaceFrame";
import { Controls } from "../view/Controls";
import { Details, SECTIONS, type SectionName } from "../view/Details";
import { HealthBox } from "../view/HealthBox";
import { Summary } from "../view/Panel";
import { Level, Section } from "../view/Section";
import { RunSkeleton } from "../view/Skeleton";
import { whyNotNow } from "../view/Status";
import { useBehind } from "./behind/use_behind";
import { DeleteRun } from "./editing/DeleteRun";
import { RunHeading } from "./editing/RunHeading";
import { useRunEditing } from "./editing/use_run_editing";
import { Main } from "./landmarks";
import { Models } from "./Models";
import { PlaceLink } from "./PlaceLink";
import { allRuns, firstToShow, RunList, useOlderRuns } from "./RunList";
import { NOW } from "./places";
import type { Go } from "./use_place";

const RUN_SECTIONS: SectionName[] = ["results", "chart", "candidates", "stages", "resources", "activity", "output"];

interface NowViewProps {
  view: FeedView;
  /** The run that the address names; null: none. */
  wanted: string | null;
  /** The runs that are drawn behind it. */
  behind: readonly string[];
  isFresh: boolean;
  go: Go;
}

export function NowView({ view, wanted, behind, isFresh, go }: NowViewProps): JSX.Element {
  const older = useOlderRuns(view);
  const runs = allRuns(view, older);
  const run = wanted === null ? firstToShow(runs) : runs.find((known) => known.run_id === wanted);
  useLookUp(view, wanted, run !== undefined);
  return (
    <div class="jpp-now">
      <Boundary what="The list of runs">
        <RunList
          view={view}
          older={older}
          selected={run?.run_id ?? null}
          isFresh={isFresh}
          select={(runId) => go({ at: "now", runId })}
        />
      </Boundary>
      <Main class="jpp-main jpp">
        <Caution view={view} isSaved={runs.length > 0} />
        {run ? (
          <Boundary what="This run" key={run.run_id}>
            <RunDetail view={view} run={run} behind={behind} isFresh={isFresh} go={go} />
          </Boundary>
        ) : (
          <NoRun view={view} wanted={wanted} />
        )}
        {isHeard(view) && <Surroundings view={view} runs={runs} />}
      </Main>
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

function NoRun({ view, wanted }: { view: FeedView; wanted: string | null }): JSX.Element | null {
  if (!isHeard(view)) {
    return (
      <Unheard view={view}>
        <RunSkeleton />
      </Unheard>
    );
  }
  if (wanted !== null) {
    return (
      <Nothing title="No such run">
        <p>
          This server knows no run <code>{wanted}</code>: it was deleted, or it belongs to another server or data
          directory. <PlaceLink to={{ at: "history", query: "" }}>Look through all runs</PlaceLink>.
        </p>
      </Nothing>
    );
  }
  return (
    <Nothing title="No run yet">
      <p>It appears here as soon as one starts, wherever that is. In a notebook or a script:</p>
      <pre class="jpp-pre" tabIndex={0} aria-label="How to start a run">
        {"import jupyter_progress as jp\njp.train(RandomForestClassifier(300), X, y)"}
      </pre>
      <p>
        To see it work without code of your own, run <code>jupyter progress demo</code> in a terminal.
      </p>
    </Nothing>
  );
}

/** A place where there is nothing yet, and what to do about it. */
function Nothing({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="jpp-nothing">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface RunDetailProps {
  view: FeedView;
  run: RunState;
  behind: readonly string[];
  isFresh: boolean;
  go: Go;
}

function RunDetail({ view, run, behind, isFresh: fresh, go }: RunDetailProps): JSX.Element {
  const editing = useRunEditing(view, run, { onRemoved: () => go(NOW) });
  const drawn = useBehind(view, run, behind, go);
  const known = [...new Set([...view.state.runs.values()].flatMap((other) => other.tags))].sort();
  const progress = { run, heardAt: view.state.heardAt.get(run.run_id) ?? null, isFresh: fresh };
  return (
    <article class="jpp-panel jpp-detail" aria-label={run.name} key={run.run_id}>
      <RunHeading run={run} editing={editing} known={known} />
      <div class="jpp-live">
        <Summary view={view} {...progress} opened={SECTIONS} />
        <Boundary what="Controls">
          <Controls run={run} view={view} />
        </Boundary>
        <Details view={view} shown={RUN_SECTIONS} behind={drawn} {...progress} />
      </div>
      {hasEnded(run.status) && (
        <div class="jpp-run-end">
          <DeleteRun editing={editing} status={run.status} />
        </div>
      )}
    </article>
  );
}

/** What is not about one run. */
function Surroundings({ view, runs }: { view: FeedView; runs: readonly RunState[] }): JSX.Element {
  const { state } = view;
  return (
    <Level.Provider value="h2">
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
    </Level.Provider>
  );
}
