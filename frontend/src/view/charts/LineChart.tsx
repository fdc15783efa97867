/** A chart: title and switches, the legend with values, the plot, and the same as a table. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { extremesOf } from "../../model/columns";
import type { Point } from "../../model/wire";
import { SubHeading } from "../Section";
import { ChartTable } from "./ChartTable";
import { useInSight } from "./in_sight";
import { ChartStep, Legend } from "./Legend";
import type { Linked } from "./linked";
import type { LineStyle } from "./palette";
import { PlotArea } from "./PlotArea";

export interface ChartLine {
  key: string;
  /** What the metric is called within its group. */
  metric: string;
  /** Of which run it is, where there are several. */
  run: string | null;
  /** Its whole name. */
  title: string;
  points: readonly Point[];
  style: LineStyle;
}

export interface LineChartProps {
  title: string;
  lines: readonly ChartLine[];
  linked: Linked;
  smoothing: number;
  /** The chart in a sentence, for those who cannot see it. */
  caption?: string | undefined;
  /** A few words beside the values. */
  note?: string | undefined;
  /** Its points may be on their way. */
  isLoading: boolean;
  isTall?: boolean;
  /** Called when it comes into sight. */
  onShown?: (() => void) | undefined;
}

export function LineChart(props: LineChartProps): JSX.Element {
  const { title, lines, linked, smoothing, caption, note, isLoading, isTall = false, onShown } = props;
  const figure = useRef<HTMLElement>(null);
  const isInSight = useInSight(figure);
  const [isLog, setLog] = useState(false);
  const [isTable, setTable] = useState(false);
  useLayoutEffect(() => {
    if (isInSight) onShown?.();
  }, [isInSight, lines.length]);
  const hasPoints = lines.some(({ points }) => points.length > 0);
  const extremes = isInSight ? extremesOf(lines.map(({ points }) => points)) : null;
  const canLog = extremes !== null && extremes[0] > 0;
  return (
    <figure class={isTall ? "jpp-chart jpp-tall" : "jpp-chart"} ref={figure} aria-label={title}>
      <div class="jpp-chart-head">
        <SubHeading title={lines.map((line) => line.title).join("\n")}>{title}</SubHeading>
        <ChartStep lines={lines} linked={linked} />
        <Switch
          words="Log"
          label={`Log scale for ${title}`}
          isOn={isLog && canLog}
          whyNot={canLog || !hasPoints ? null : "Only values above zero have a logarithm"}
          onClick={() => setLog(!isLog)}
        />
        <Switch words="Table" label={`Table of ${title}`} isOn={isTable} whyNot={null} onClick={() => setTable(!isTable)} />
      </div>
      <Legend lines={lines} linked={linked} note={note} />
      <div class="jpp-plot-place">
        {isInSight && hasPoints && !isTable && (
          <PlotArea title={title} lines={lines} linked={linked} smoothing={smoothing} isLog={isLog && canLog} isTall={isTall} />
        )}
        {isInSight && hasPoints && <ChartTable title={title} lines={lines} isShown={isTable} />}
        {!hasPoints && <p class="jpp-empty jpp-chart-empty">{isLoading ? "Loading…" : "Nothing was measured."}</p>}
      </div>
      {caption && <figcaption class="jpp-spoken">{caption}</figcaption>}
    </figure>
  );
}

/** What a line is called beside the others of its chart. */
export function labelOf(line: ChartLine, lines: readonly ChartLine[]): string {
  if (line.run === null) return line.metric;
  return lines.every(({ metric }) => metric === line.metric) ? line.run : `${line.run} · ${line.metric}`;
}

interface SwitchProps {
  words: string;
  label: string;
  isOn: boolean;
  whyNot: string | null;
  onClick: () => void;
}

function Switch({ words, label, isOn, whyNot, onClick }: SwitchProps): JSX.Element {
  return (
    <button
      type="button"
      class="jpp-switch"
      aria-pressed={isOn}
      aria-label={label}
      aria-disabled={whyNot === null ? undefined : true}
      title={whyNot ?? label}
      onClick={() => whyNot === null && onClick()}
    >
      {words}
    </button>
  );
}
