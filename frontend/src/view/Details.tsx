/** Everything about one run, section by section. */

import type { JSX } from "preact";
import { hasKeeper } from "../model/kinds";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { Boundary } from "./Boundary";
import { Candidates, isSearch } from "./Candidates";
import { HealthBox, RunFacts, runFacts } from "./HealthBox";
import { Output } from "./Output";
import type { ProgressProps } from "./Progress";
import { Returned, TestResults } from "./Results";
import { RunActivity } from "./RunActivity";
import { ScoreSection } from "./ScoreChart";
import { Section } from "./Section";
import { StageTable } from "./Stages";

export const SECTIONS = [
  "results",
  "chart",
  "candidates",
  "stages",
  "resources",
  "health",
  "activity",
  "output",
] as const;
export type SectionName = (typeof SECTIONS)[number];

interface DetailsProps extends ProgressProps {
  view: FeedView;
  shown: readonly SectionName[];
}

export function Details({ view, shown, ...progress }: DetailsProps): JSX.Element {
  const { run } = progress;
  const has = (name: SectionName): boolean => shown.includes(name);
  const { state } = view;
  const facts = runFacts(run);
  const hasBegun = run.start_time !== null;
  return (
    <div class="jpp-details">
      {has("results") && run.result && isTested(run) && (
        <Section title="Test results">
          <TestResults result={run.result} />
        </Section>
      )}
      {has("results") && run.result?.value && (
        <Section title="Result">
          <Returned value={run.result.value} />
        </Section>
      )}
      {has("chart") && (
        <Boundary what="The scores">
          <ScoreSection
            run={run}
            known={state.series.get(run.run_id)}
            load={view.feeding.via === "none" ? null : (runId) => view.asking.loadSeries(runId)}
          />
        </Boundary>
      )}
      {has("candidates") && isSearch(run) && (
        <Section title="Candidates">
          <Candidates run={run} view={view} />
        </Section>
      )}
      {has("stages") && (
        <Boundary what="Stages">
          <StagesSection {...progress} />
        </Boundary>
      )}
      {has("resources") && hasBegun && facts.length > 0 && (
        <Section title="This run">
          <RunFacts facts={facts} />
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
      {has("output") && hasKeeper(run) && hasBegun && (
        <Section title="Output">
          <Output run={run} view={view} />
        </Section>
      )}
    </div>
  );
}

function StagesSection(progress: ProgressProps): JSX.Element | null {
  if (!progress.run.stages.length) return null;
  return (
    <Section title="Stages">
      <StageTable {...progress} />
    </Section>
  );
}

/** A run of one's own has no test but what its code makes. */
function isTested(run: RunState): boolean {
  return run.kind === "pipeline" || run.result?.test != null;
}
