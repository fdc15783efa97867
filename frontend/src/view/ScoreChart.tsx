/** The live score over the steps: a chart for the eye, a summary and a table for everybody. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { count, nameOf } from "../model/format";
import { hasEnded } from "../model/transitions";
import type { RunSeries } from "../model/view_state";
import type { Point, RunState } from "../model/wire";

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

export function ScoreChart({ run, known, load }: ScoreChartProps): JSX.Element {
  const points = pointsOf(known);
  const isWhole = known?.isWhole ?? false;
  const canLoad = load !== null;
  useEffect(() => {
    // An unanswered request is asked again when the connection or the series changes.
    if (load && !isWhole) load(run.run_id).catch((error: unknown) => console.warn(error));
  }, [run.run_id, run.status, canLoad, isWhole]);
  const name = nameOf(run.live_score?.name ?? "accuracy");
  if (points.length < 2) {
    return (
      <p class="jpp-empty">
        {points.length || !hasEnded(run.status)
          ? "No scores yet: they come while the model is trained."
          : "This estimator showed no scores while it was trained."}
      </p>
    );
  }
  return <Plot points={points} name={name} />;
}

function Plot({ points, name }: { points: Point[]; name: string }): JSX.Element {
  const { holder } = usePlot(points);
  const last = points.at(-1)!;
  const best = points.reduce((top, point) => (point[1] > top[1] ? point : top));
  return (
    <figure class="jpp-chart">
      <div ref={holder} class="jpp-plot" aria-hidden="true" />
      <figcaption>
        {name} on validation rows: {last[1].toFixed(4)} at step {count(last[0])}; highest{" "}
        {best[1].toFixed(4)} at step {count(best[0])}
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
