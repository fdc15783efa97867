/** Everything about one run, section by section. */

import type { JSX } from "preact";
import { hasKeeper } from "../model/kinds";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { Boundary } from "./Boundary";
import { Candidates, isSearch } from "./Candidates";
import type { Behind } from "./charts/behind";
import { RunCharts } from "./charts/RunCharts";
import { HealthBox } from "./HealthBox";
import { Output } from "./Output";
import type { ProgressProps } from "./Progress";
import { Returned, TestResults } from "./Results";
import { RunActivity } from "./RunActivity";
import { hasCost, RunCost } from "./RunCost";
import { Section } from "./Section";
import { StageTable } from "./StageTable";

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
  /** What is drawn behind the run's own lines. */
  behind?: Behind;
}

export function Details({ view, shown, behind, ...progress }: DetailsProps): JSX.Element {
  const { run } = progress;
  const has = (name: SectionName): boolean => shown.includes(name);
  const { state } = view;
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
        <Boundary what="The charts">
          <RunCharts run={run} view={view} behind={behind} />
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
      {has("resources") && hasBegun && hasCost(run, state.health) && (
        <Section title="This run">
          <RunCost run={run} health={state.health} />
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
