/** Everything about one run, section by section. */

import type { ComponentChildren, JSX } from "preact";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import { activityOf, type FeedView } from "../transport/feed_view";
import { ActivityFeed } from "./Activity";
import { Boundary } from "./Boundary";
import { HealthBox, RunFacts } from "./HealthBox";
import { Output } from "./Output";
import type { ProgressProps } from "./Progress";
import { TestResults } from "./Results";
import { ScoreChart } from "./ScoreChart";
import { StageTable } from "./Stages";
import { whyNotNow } from "./Status";

export const SECTIONS = [
  "results",
  "chart",
  "stages",
  "resources",
  "health",
  "activity",
  "output",
] as const;
export type SectionName = (typeof SECTIONS)[number];

interface SectionProps {
  title: string;
  children: ComponentChildren;
}

export function Section({ title, children }: SectionProps): JSX.Element {
  return (
    <section class="jpp-section">
      <h3>{title}</h3>
      <Boundary what={title}>{children}</Boundary>
    </section>
  );
}

interface DetailsProps extends ProgressProps {
  view: FeedView;
  shown: readonly SectionName[];
}

export function Details({ view, shown, ...progress }: DetailsProps): JSX.Element {
  const { run } = progress;
  const has = (name: SectionName): boolean => shown.includes(name);
  const { rest, state } = view;
  return (
    <div class="jpp-details">
      {has("results") && run.result && (
        <Section title="Test results">
          <TestResults result={run.result} />
        </Section>
      )}
      {has("chart") && (
        <Section title={run.live_accuracy === null ? "Live score" : "Live accuracy"}>
          <ScoreChart
            run={run}
            known={state.series.get(run.run_id)}
            load={rest ? (runId) => view.asking.loadSeries(runId) : null}
          />
        </Section>
      )}
      {has("stages") && (
        <Section title="Stages">
          <StageTable {...progress} />
        </Section>
      )}
      {has("resources") && (
        <Section title="This run">
          <RunFacts run={run} />
        </Section>
      )}
      {has("health") && state.health && (
        <Section title={hasEnded(run.status) ? "Machine health now" : "Machine health"}>
          <HealthBox health={state.health} />
        </Section>
      )}
      {has("activity") && (
        <Section title="Activity">
          <RunActivity view={view} run={run} />
        </Section>
      )}
      {has("output") && (
        <Section title="Output">
          <Output run={run} rest={rest} />
        </Section>
      )}
    </div>
  );
}

function RunActivity({ view, run }: { view: FeedView; run: RunState }): JSX.Element {
  return (
    <ActivityFeed
      activity={activityOf(view, run.run_id)}
      loadOlder={view.rest ? (before) => view.asking.loadActivity(before) : null}
      say={(text) => view.asking.control({ action: "note", text, runId: run.run_id })}
      whyNot={whyNotNow(view.feeding)}
      runName={run.name}
    />
  );
}

/** What is about the machine (its health, a deployment) concerns every run. */
export function isAbout(runId: string | null, run: RunState): boolean {
  return runId === null || runId === run.run_id;
}
