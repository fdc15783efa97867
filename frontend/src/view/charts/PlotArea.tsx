/** The plot of a chart, for the pointer and the keyboard. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { valueWords, type Range } from "../../model/scales";
import { valueAt } from "../../model/thinning";
import { lastStep, stepWords } from "./Legend";
import { labelOf, type ChartLine } from "./LineChart";
import type { Linked } from "./linked";
import { Plot, type Drawing } from "./plot";

const HEIGHT = 132;
const TALL = 180;
const LEAST_STEPS = 2; // that a zoom shows
const FAR = 10; // points that an arrow with Shift goes

interface PlotAreaProps {
  title: string;
  lines: readonly ChartLine[];
  linked: Linked;
  smoothing: number;
  isLog: boolean;
  isTall: boolean;
}

/** What a screen reader says of a step. */
function wordsAt(lines: readonly ChartLine[], step: number): string {
  const values = lines.map((line) => `${labelOf(line, lines)} ${valueWords(valueAt(line.points, step))}`);
  return `Step ${stepWords(step)}: ${values.join(", ")}`;
}

export function PlotArea(props: PlotAreaProps): JSX.Element {
  const { title, lines, linked } = props;
  const { holder, plot } = usePlot(props);
  const last = lastStep(lines) ?? 0;
  const step = linked.step.value ?? last;
  const first = Math.min(...lines.flatMap(({ points }) => points.slice(0, 1).map((point) => point[0])), last);
  return (
    <div
      ref={holder}
      class="jpp-plot"
      role="slider"
      tabIndex={0}
      aria-label={`${title}: steps. Arrow keys go through them, plus and minus zoom, Escape shows all.`}
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={step}
      aria-valuetext={linked.step.value === null ? "the newest step" : wordsAt(lines, step)}
      onKeyDown={(event) => onKey(event, plot.current, linked)}
      onBlur={() => (linked.step.value = null)}
    />
  );
}

function usePlot(props: PlotAreaProps): { holder: { current: HTMLDivElement | null }; plot: { current: Plot | null } } {
  const { lines, linked, smoothing, isLog, isTall } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  useLayoutEffect(() => {
    if (!holder.current) return;
    const made = new Plot(holder.current, isTall ? TALL : HEIGHT, {
      pointed: (step) => (linked.step.value = step),
      zoomed: (range) => (linked.zoom.value = range),
    });
    plot.current = made;
    const unlink = effect(() => made.point(linked.step.value));
    return () => {
      unlink();
      made.destroy();
      plot.current = null;
    };
  }, [isTall]);
  const zoom = linked.zoom.value;
  const points = lines.map((line) => line.points);
  const styles = JSON.stringify(lines.map((line) => line.style));
  // What is drawn last lies above the others: the first run's.
  const drawing = useMemo((): Drawing => ({ lines: [...lines].reverse(), isLog, smoothing, zoom }), [...points, styles, isLog, smoothing, zoom, isTall]);
  // Before the next frame, for the words beside the plot are drawn in it too.
  useLayoutEffect(() => plot.current?.draw(drawing), [drawing]);
  return { holder, plot };
}

function onKey(event: KeyboardEvent, plot: Plot | null, linked: Linked): void {
  if (!plot || event.ctrlKey || event.metaKey || event.altKey) return;
  const { steps } = plot;
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return;
  const shown = linked.zoom.value ?? [first, last];
  const at = linked.step.value ?? last;
  const far = event.shiftKey ? FAR : 1;
  const act: Record<string, () => void> = {
    ArrowLeft: () => goTo(linked, shown, beside(steps, at, -far)),
    ArrowRight: () => goTo(linked, shown, beside(steps, at, far)),
    Home: () => goTo(linked, shown, first),
    End: () => goTo(linked, shown, last),
    "+": () => (linked.zoom.value = around(shown, at, 0.5)),
    "=": () => (linked.zoom.value = around(shown, at, 0.5)),
    "-": () => (linked.zoom.value = linked.zoom.value && around(shown, at, 2)),
    Escape: () => {
      linked.zoom.value = null;
      linked.step.value = null;
    },
  };
  const acting = Object.hasOwn(act, event.key) ? act[event.key] : undefined;
  if (!acting) return;
  event.preventDefault();
  // JupyterLab has commands for these keys.
  event.stopPropagation();
  acting();
}

/** The step so many points further, or back. */
function beside(steps: readonly number[], step: number, by: number): number {
  let index = steps.findIndex((known) => known >= step);
  if (index < 0) index = steps.length - 1;
  return steps[Math.min(steps.length - 1, Math.max(0, index + by))]!;
}

/** Point at a step, and bring it into sight. */
function goTo(linked: Linked, [from, to]: Range, step: number): void {
  linked.step.value = step;
  if (linked.zoom.value === null || (step >= from && step <= to)) return;
  const by = step < from ? step - from : step - to;
  linked.zoom.value = [from + by, to + by];
}

/** A range so many times as wide around a step that is in it. */
function around([from, to]: Range, step: number, times: number): Range {
  const width = Math.max(LEAST_STEPS, (to - from) * times);
  const middle = Math.min(to, Math.max(from, step));
  const begin = Math.min(Math.max(middle - width / 2, Math.min(from, middle)), middle);
  return [begin, begin + width];
}
