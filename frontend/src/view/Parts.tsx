/** A panel of exactly the parts that were asked for, in their order. */

import type { JSX } from "preact";
import { hasKeeper } from "../model/kinds";
import type { PartName } from "../model/parts";
import { waitingWords } from "../model/queueing";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { Boundary } from "./Boundary";
import { Controls } from "./Controls";
import { Details } from "./Details";
import { Output } from "./Output";
import { Figures, ProgressBar, type ProgressProps } from "./Progress";
import { Failure } from "./Results";
import { Section } from "./Section";
import { Whereabouts } from "./Stages";
import { Stalled } from "./Stalled";

interface PartsProps extends ProgressProps {
  view: FeedView;
  shown: readonly PartName[];
}

type PartProps = PartsProps & { name: PartName };

export function Parts(props: PartsProps): JSX.Element {
  return (
    <div class="jpp-live jpp-parts">
      {props.shown.map((name) => (
        <div class="jpp-part" key={name} data-part={name}>
          <Part {...props} name={name} />
        </div>
      ))}
    </div>
  );
}

function Part(props: PartProps): JSX.Element | null {
  const { name, view, run } = props;
  switch (name) {
    case "progress":
      return <ProgressPart {...props} />;
    case "output":
      return <OutputPart view={view} run={run} />;
    case "controls":
      return (
        <Boundary what="Controls">
          {view.isUnknown ? null : <Controls run={run} view={view} />}
        </Boundary>
      );
    case "results":
      if (run.error) {
        return (
          <Boundary what="Results">
            <Failure error={run.error} isWhole />
          </Boundary>
        );
      }
  }
  return (
    <>
      {name === "stages" && <Whereabouts {...props} waiting={waitingWords(run, view.state)} />}
      <Details {...props} shown={[name]} />
      {/* Seen only where the section itself has nothing to show. */}
      <p class="jpp-empty jpp-none">{NONE[name](run)}</p>
    </>
  );
}

/** A place that was asked for and stays empty would look broken. */
const NONE: Record<Exclude<PartName, "progress" | "output" | "controls">, (run: RunState) => string> = {
  stages: () => "This run has no stages.",
  chart: () => "No scores are measured of this run.",
  candidates: () => "This run is no search: there are no candidates.",
  results: (run) => (hasEnded(run.status) ? "This run left no results." : "Results come when the run has completed."),
  resources: () => "Nothing has been measured of this run's processes yet.",
  health: () => "The machine's health is not known yet.",
  activity: () => "Nothing has happened yet.",
};

function ProgressPart({ view, shown, ...progress }: PartsProps): JSX.Element {
  const { run } = progress;
  const waiting = shown.includes("stages") ? "" : waitingWords(run, view.state);
  return (
    <Boundary what="Progress">
      <ProgressBar {...progress} />
      <Figures {...progress} />
      {waiting && <p class="jpp-whereabouts">{waiting}</p>}
      <Stalled run={run} isWhole={false} />
      {run.error && !shown.includes("results") && <Failure error={run.error} isWhole={false} />}
    </Boundary>
  );
}

function OutputPart({ view, run }: { view: FeedView; run: RunState }): JSX.Element {
  if (!hasKeeper(run)) return <p class="jpp-empty">Code of one's own prints where it runs.</p>;
  if (run.start_time === null) return <p class="jpp-empty">Nothing is printed yet: the run has not begun.</p>;
  return (
    <Section title="Output">
      <Output run={run} view={view} isOpenAtFirst />
    </Section>
  );
}
