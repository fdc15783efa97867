/** The live score over the steps: a chart for the eye, a summary and a table for everybody. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { count, nameOf } from "../model/format";
import { liveScoreName, liveScoreOf } from "../model/live_score";
import { hasEnded } from "../model/transitions";
import type { RunSeries } from "../model/view_state";
import type { Point, RunState } from "../model/wire";
import { Section } from "./Section";

const HEIGHT = 180;
const TABLE_ROWS = 12;

/** The accuracy where there is one, else whatever score is measured live. */
function pointsOf(known: RunSeries | undefined): Point[] {
  const accuracy = known?.series["live_accuracy"] ?? [];
  return accuracy.length ? accuracy : (known?.series["live_score"] ?? []);
}

/** A canvas cannot read a custom property, nor `light-dark()`: the browser resolves it on a probe. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function optionsFor(element: HTMLElement, width: number): uPlot.Options {
  const text = (): string => colourOf(element, "--jpp-text-2");
  const grid = (): string => colourOf(element, "--jpp-line");
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: text, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
  return {
    width,
    height: HEIGHT,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 28, space: 60, grid: { show: false } },
      { ...axis, size: 44, space: 32 },
    ],
    series: [
      {},
      {
        stroke: () => colourOf(element, "--jpp-brand"),
        width: 2,
        points: { show: false },
      },
    ],
  };
}

function columns(points: Point[]): uPlot.AlignedData {
  return [points.map((point) => point[0]), points.map((point) => point[1])];
}

function usePlot(points: Point[]): { holder: { current: HTMLDivElement | null } } {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new uPlot(optionsFor(element, Math.max(120, element.clientWidth)), [[], []], element);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height: HEIGHT });
    });
    resized.observe(element);
    const unwatch = watchTheme(() => made.redraw(false));
    return () => {
      unwatch();
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, []);
  // Before the next frame, for the words below the chart are drawn in it too.
  useLayoutEffect(() => plot.current?.setData(columns(points)), [points]);
  return { holder };
}

/** Jupyter changes its theme by attributes of the body; a plain page by the system's preference. */
function watchTheme(changed: () => void): () => void {
  const attributes = new MutationObserver(changed);
  attributes.observe(document.body, { attributes: true });
  const preference = matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", changed);
  return () => {
    attributes.disconnect();
    preference.removeEventListener("change", changed);
  };
}

function sampled(points: Point[]): Point[] {
  const every = Math.max(1, Math.ceil(points.length / TABLE_ROWS));
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}

interface ScoreChartProps {
  run: RunState;
  known: RunSeries | undefined;
  load: ((runId: string) => Promise<void>) | null;
}

/** Whether the run has come to its training, in which scores are measured. */
function hasTrained(run: RunState): boolean {
  const stage = run.stages.find(({ id }) => id === "train");
  return stage !== undefined && (stage.started_time !== null || stage.status === "completed");
}

/** Why there is no chart; null: nobody would expect one. */
function whyNone(props: ScoreChartProps, points: readonly Point[]): string | null {
  const { run, known, load } = props;
  const isOver = hasEnded(run.status);
  // A run of one's own measures scores only where its code logs them.
  if (run.kind !== "pipeline" ? !points.length : isOver && !hasTrained(run)) return null;
  if (!isOver) return "No scores yet: they come while the model is trained.";
  if (known?.isWhole) {
    const [only] = points;
    if (only) return `One score was measured: ${only[1].toFixed(4)} at step ${count(only[0])}.`;
    // Of one that ended under way, nobody knows what it would have shown.
    if (run.status !== "completed") return "No score was measured before the run ended.";
    return "This estimator showed no scores while it was trained.";
  }
  return load ? "Loading…" : "The scores are shown once something is connected.";
}

/** The chart in its section; where there are no scores, why, or nothing at all. */
export function ScoreSection(props: ScoreChartProps): JSX.Element | null {
  const { run, known, load } = props;
  const [problem, setProblem] = useState("");
  const points = pointsOf(known);
  const isWhole = known?.isWhole ?? false;
  const canLoad = load !== null;
  useEffect(() => {
    // An unanswered request is asked again when the connection or the series changes.
    if (!load || isWhole) return;
    load(run.run_id).then(
      () => setProblem(""),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, [run.run_id, run.status, canLoad, isWhole]);
  const reason = points.length < 2 ? whyNone(props, points) : "";
  if (reason === null) return null;
  const name = nameOf(liveScoreOf(run)?.name ?? "accuracy");
  return (
    <Section title={liveScoreName(run)}>
      {reason ? <p class="jpp-empty">{reason}</p> : <Plot points={points} name={name} isSearch={run.search !== null} />}
      {problem && !isWhole && <p class="jpp-problem">The scores cannot be loaded: {problem}</p>}
    </Section>
  );
}

interface PlotProps {
  points: Point[];
  name: string;
  /** Of a search the score is the best candidate's mean over its folds, and a step is a fold. */
  isSearch: boolean;
}

function Plot({ points, name, isSearch }: PlotProps): JSX.Element {
  const { holder } = usePlot(points);
  const last = points.at(-1)!;
  const best = points.reduce((top, point) => (point[1] > top[1] ? point : top));
  return (
    <figure class="jpp-chart">
      <div ref={holder} class="jpp-plot" aria-hidden="true" />
      <figcaption>
        {name} {isSearch ? "of the best candidate, over its folds" : "on validation rows"}:{" "}
        {last[1].toFixed(4)} at step {count(last[0])}; highest {best[1].toFixed(4)} at step{" "}
        {count(best[0])}
      </figcaption>
      <table class="jpp-hidden">
        <caption>{name} by step</caption>
        <tbody>
          {sampled(points).map(([step, value]) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              <td>{value.toFixed(4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
