/**
 * Charts of the metrics of one run or of several, overlaid: a few at first, the rest on demand.
 *
 * It is told what the series are, and tells which it shows; it loads nothing itself (`use_series.ts` does).
 */

import type { ComponentChildren, JSX } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import { groupsOf, type MetricGroup } from "../../model/metric_groups";
import { pointsOf } from "../../model/series";
import type { Series } from "../../model/wire";
import { LineChart, type ChartLine } from "./LineChart";
import { useLinked } from "./linked";
import { lineStyle, styleOf } from "./palette";

/** One of the runs that are drawn; its place among them is its colour. */
export interface ChartRun {
  run_id: string;
  name: string;
  series: Series;
}

type NamedRun = Pick<ChartRun, "run_id" | "name">;

export interface MetricChartsProps {
  runs: readonly ChartRun[];
  /** All metrics that there are, in the order in which to tell them; without: those of the series. */
  metrics?: readonly string[];
  /** What a group of these metrics is called; null: by their names. */
  titleOf?: (metrics: readonly string[]) => string | null;
  /** A chart in a sentence, for those who cannot see it. */
  captionOf?: (metrics: readonly string[]) => string | undefined;
  /** A few words beside a chart's values. */
  noteOf?: (metrics: readonly string[]) => string | undefined;
  /** These have come into sight, and need their points. */
  onShown?: (metrics: readonly string[]) => void;
  /** What stands in the bar before its own switches. */
  tools?: ComponentChildren;
}

const AT_FIRST = 4;
const MORE = 24;
/** From so many charts on, one can look for a name. */
const MANY = 9;

export function MetricCharts(props: MetricChartsProps): JSX.Element {
  const { runs, titleOf, captionOf, noteOf, onShown } = props;
  const linked = useLinked();
  const [smoothing, setSmoothing] = useState(0);
  const [shown, setShown] = useState(AT_FIRST);
  const [wanted, setWanted] = useState("");
  const metrics = props.metrics ?? [...new Set(runs.flatMap((run) => Object.keys(run.series)))];
  const groups = useMemo(() => groupsOf(metrics), [metrics.join("\n")]);
  const found = groups.filter((group) => isFound(group, wanted));
  const visible = found.slice(0, wanted ? Math.max(MORE, shown) : shown);
  const hidden = found.length - visible.length;
  return (
    <div class="jpp-charts">
      <div class="jpp-charts-bar">
        {props.tools}
        {groups.length >= MANY && <Finder wanted={wanted} find={setWanted} />}
        <Smoothing weight={smoothing} smooth={setSmoothing} />
        <button
          type="button"
          class={linked.zoom.value === null ? "jpp-switch jpp-away" : "jpp-switch"}
          disabled={linked.zoom.value === null}
          onClick={() => (linked.zoom.value = null)}
        >
          Show all steps
        </button>
      </div>
      {!found.length && <p class="jpp-empty">No metric has “{wanted}” in its name.</p>}
      <div class="jpp-chart-grid">
        {visible.map((group) => (
          <LineChart
            key={group.key}
            title={titleOf?.(group.names) ?? group.title}
            lines={linesOf(group, runs)}
            linked={linked}
            smoothing={smoothing}
            caption={captionOf?.(group.names)}
            note={noteOf?.(group.names)}
            isLoading={runs.some((run) => group.names.some((name) => !Object.hasOwn(run.series, name)))}
            isTall={runs.length === 1 && groups.length === 1}
            onShown={() => onShown?.(group.names)}
          />
        ))}
      </div>
      {(hidden > 0 || (shown > AT_FIRST && !wanted)) && (
        <p class="jpp-charts-more">
          {hidden > 0 && (
            <button type="button" class="jpp-button jpp-quiet" onClick={() => setShown(shown + MORE)}>
              Show {hidden > MORE ? `${MORE} of ${hidden}` : hidden} more
            </button>
          )}
          {shown > AT_FIRST && !wanted && (
            <button type="button" class="jpp-button jpp-quiet" onClick={() => setShown(AT_FIRST)}>
              Show fewer
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function isFound(group: MetricGroup, wanted: string): boolean {
  const words = wanted.trim().toLowerCase();
  return [group.title, ...group.names].some((name) => name.toLowerCase().includes(words));
}

/** Lines differ by colour and dashes; of several runs with several metrics a run has a colour, a metric its dashes. */
function linesOf({ names, labels }: MetricGroup, runs: readonly ChartRun[]): ChartLine[] {
  const isAlone = runs.length === 1;
  return runs.flatMap((run, runPlace) =>
    names.map((name, place): ChartLine => {
      const called = isAlone ? null : calledAmong(run, runs);
      return {
        key: `${run.run_id} ${name}`,
        metric: labels[place]!,
        run: called,
        title: called === null ? name : `${called}: ${name}`,
        points: pointsOf(run.series, name),
        style: isAlone ? lineStyle(place) : names.length === 1 ? lineStyle(runPlace) : styleOf(runPlace, place),
      };
    }),
  );
}

/** A run's name; where others have the same, with the end of its id. */
export function calledAmong(run: NamedRun, runs: readonly NamedRun[]): string {
  if (!run.name) return run.run_id;
  const isShared = runs.some((other) => other !== run && other.name === run.name);
  return isShared ? `${run.name} (${tailOf(run.run_id)})` : run.name;
}

/** The part of an id that no other has. */
export function tailOf(runId: string): string {
  return runId.slice(-6);
}

function Finder({ wanted, find }: { wanted: string; find: (words: string) => void }): JSX.Element {
  return (
    <input
      class="jpp-input jpp-finder"
      type="search"
      placeholder="Find a metric"
      aria-label="Find a metric"
      value={wanted}
      onInput={(event) => find(event.currentTarget.value)}
    />
  );
}

function Smoothing({ weight, smooth }: { weight: number; smooth: (weight: number) => void }): JSX.Element {
  const id = useId();
  return (
    <span class="jpp-smoothing">
      <label for={id}>Smoothing</label>
      <input
        id={id}
        type="range"
        min="0"
        max="0.98"
        step="0.02"
        value={weight}
        onInput={(event) => smooth(Number(event.currentTarget.value))}
      />
      <output for={id}>{weight === 0 ? "off" : weight.toFixed(2)}</output>
    </span>
  );
}
