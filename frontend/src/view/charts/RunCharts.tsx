/** The charts of one run's metrics, or why there are none. */

import type { JSX } from "preact";
import { count, nameOf } from "../../model/format";
import { liveScoreName, liveScoreOf } from "../../model/live_score";
import { pointsOf } from "../../model/series";
import { hasEnded } from "../../model/transitions";
import type { RunSeries } from "../../model/view_state";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { Section } from "../Section";
import { NOTHING_BEHIND, THIS_RUN, type Behind } from "./behind";
import { MetricCharts } from "./MetricCharts";
import { useSeries } from "./use_series";

/** Asked for of every run: only the server knows whether it has them. */
const LIVE = ["live_accuracy", "live_score"];

/** Live scores first, then as the run logged them. */
function metricsOf(run: RunState, known: RunSeries | undefined): string[] {
  const live = LIVE.filter((name) => pointsOf(known?.series, name).length > 0);
  return [...new Set([...live, ...Object.keys(run.metrics), ...Object.keys(known?.series ?? {})])].filter(
    // A live score that the server was asked for, and has not.
    (name) => !LIVE.includes(name) || live.includes(name) || Object.hasOwn(run.metrics, name),
  );
}

/** Whether the run has come to its training, in which scores are measured. */
function hasTrained(run: RunState): boolean {
  const stage = run.stages.find(({ id }) => id === "train");
  return stage !== undefined && (stage.started_time !== null || stage.status === "completed");
}

/** Why there is no chart; null: nobody would expect one. */
function whyNone(run: RunState, known: RunSeries | undefined, canLoad: boolean): string | null {
  const isOver = hasEnded(run.status);
  // A run of one's own measures only what its code logs.
  if (run.kind !== "pipeline" || (isOver && !hasTrained(run))) return null;
  if (!isOver) return "No scores yet: they come while the model is trained.";
  if (LIVE.every((name) => known?.whole.has(name))) {
    // Of one that ended under way, nobody knows what it would have shown.
    if (run.status !== "completed") return "No score was measured before the run ended.";
    return "This estimator showed no scores while it was trained.";
  }
  return canLoad ? "Loading…" : "The scores are shown once something is connected.";
}

interface RunChartsProps {
  run: RunState;
  view: FeedView;
  behind?: Behind | undefined;
}

export function RunCharts({ run, view, behind = NOTHING_BEHIND }: RunChartsProps): JSX.Element | null {
  const isAlone = !behind.runs.length;
  const drawn = [isAlone ? run : { ...run, name: THIS_RUN }, ...behind.runs];
  const { onShown, problem } = useSeries(view, drawn.map(({ run_id }) => run_id), LIVE);
  const known = view.state.series.get(run.run_id);
  const metrics = metricsOf(run, known);
  const reason = metrics.length ? "" : whyNone(run, known, view.feeding.via !== "none");
  if (reason === null) return null;
  return (
    <Section title="Charts">
      {reason ? (
        <p class="jpp-empty">{reason}</p>
      ) : (
        <MetricCharts
          runs={drawn.map(({ run_id, name }) => ({ run_id, name, series: view.state.series.get(run_id)?.series ?? {} }))}
          metrics={metrics}
          tools={behind.choice}
          onShown={onShown}
          titleOf={([name]) => (name === "live_score" ? liveScoreName(run) : null)}
          captionOf={([name]) => (LIVE.includes(name!) ? liveCaption(run, numbersOf(known, name!)) : undefined)}
          noteOf={([name]) => (isAlone && LIVE.includes(name!) ? bestWords(numbersOf(known, name!)) : undefined)}
        />
      )}
      {problem && <p class="jpp-problem">The charts cannot be loaded: {problem}</p>}
    </Section>
  );
}

type Measured = [step: number, value: number];

function numbersOf(known: RunSeries | undefined, name: string): Measured[] {
  return pointsOf(known?.series, name).filter((point): point is Measured => point[1] !== null);
}

function bestOf(points: readonly Measured[]): Measured {
  return points.reduce((top, point) => (point[1] > top[1] ? point : top));
}

function bestWords(points: readonly Measured[]): string | undefined {
  if (points.length < 2) return undefined;
  const [step, value] = bestOf(points);
  return `highest ${value.toFixed(4)} at ${count(step)}`;
}

function liveCaption(run: RunState, points: readonly Measured[]): string | undefined {
  const last = points.at(-1);
  if (!last) return undefined;
  const name = nameOf(liveScoreOf(run)?.name ?? "accuracy");
  if (points.length === 1) return `One score was measured: ${last[1].toFixed(4)} at step ${count(last[0])}`;
  const best = bestOf(points);
  // Of a search the score is the best candidate's mean over its folds, and a step is a fold.
  const of = run.search === null ? "on validation rows" : "of the best candidate, over its folds";
  return `${name} ${of}: ${last[1].toFixed(4)} at step ${count(last[0])}; highest ${best[1].toFixed(4)} at step ${count(best[0])}`;
}
