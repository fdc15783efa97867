/** The metrics of all compared runs, drawn over each other. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { pointsOf } from "../../model/series";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { MetricCharts } from "../../view/charts/MetricCharts";
import { useSeries } from "../../view/charts/use_series";
import { Section } from "../../view/Section";

/** Asked for of every run: a state does not say whether there are any. */
const LIVE = ["live_accuracy", "live_score"];

export function CompareCharts({ view, runs }: { view: FeedView; runs: readonly RunState[] }): JSX.Element | null {
  const ids = runs.map((run) => run.run_id);
  const { onShown, problem } = useSeries(view, ids);
  useEffect(() => onShown(LIVE), [ids.join()]);
  const series = runs.map((run) => view.state.series.get(run.run_id)?.series);
  const live = LIVE.filter((name) => series.some((known) => pointsOf(known, name).length > 0));
  const logged = runs.flatMap((run) => Object.keys(run.metrics)).filter((name) => !LIVE.includes(name));
  const metrics = [...new Set([...live, ...logged])];
  if (!metrics.length) return problem ? <p class="jpp-problem">The charts cannot be loaded: {problem}</p> : null;
  const drawn = runs.map((run, index) => ({ run_id: run.run_id, name: run.name || run.run_id, series: series[index] ?? {} }));
  return (
    <Section title="Charts">
      <MetricCharts runs={drawn} metrics={metrics} onShown={onShown} />
      {problem && <p class="jpp-problem">The charts cannot be loaded: {problem}</p>}
    </Section>
  );
}
