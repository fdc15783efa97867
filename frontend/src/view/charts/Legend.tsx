/** The lines of a chart with their values: at the step that is pointed at, else the newest. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { count } from "../../model/format";
import { valueWords } from "../../model/scales";
import { valueAt } from "../../model/thinning";
import { labelOf, type ChartLine } from "./LineChart";
import type { Linked } from "./linked";
import { colourName, type LineStyle } from "./palette";

/** A piece of the line as the plot has it; its colour goes in by the DOM. */
export function Swatch({ style }: { style: LineStyle }): JSX.Element {
  const line = useRef<SVGLineElement>(null);
  const name = colourName(style);
  useLayoutEffect(() => {
    if (line.current) line.current.style.stroke = `var(${name})`;
  }, [name]);
  return (
    <svg class="jpp-swatch" width="20" height="8" viewBox="0 0 20 8" aria-hidden="true">
      <line ref={line} x1="0" y1="4" x2="20" y2="4" stroke-width="2" stroke-dasharray={style.dash.join(" ")} />
    </svg>
  );
}

/** `1,200`, and no more digits than a fraction needs. */
export function stepWords(step: number): string {
  return Number.isInteger(step) ? count(step) : String(Number(step.toPrecision(6)));
}

export function lastStep(lines: readonly ChartLine[]): number | null {
  const steps = lines.flatMap(({ points }) => points.slice(-1).map((point) => point[0]));
  return steps.length ? Math.max(...steps) : null;
}

interface LegendProps {
  lines: readonly ChartLine[];
  linked: Linked;
  note: string | undefined;
}

export function Legend({ lines, linked, note }: LegendProps): JSX.Element {
  const pointed = linked.step.value;
  const metrics = lines.filter((line) => line.run === lines[0]!.run);
  const isOfBoth = metrics.length > 1 && metrics.length < lines.length;
  return (
    <div class="jpp-legend">
      {isOfBoth && metrics.map((line) => <MetricKey key={line.key} line={line} />)}
      {isOfBoth && <span class="jpp-legend-break" />}
      {(isOfBoth ? lines.filter((line) => line.metric === metrics[0]!.metric) : lines).map((line) => (
        <span key={line.key} class="jpp-legend-line" title={isOfBoth ? (line.run ?? "") : line.title}>
          <Swatch style={line.style} />
          {lines.length > 1 && <span class="jpp-legend-name">{isOfBoth ? line.run : labelOf(line, lines)}</span>}
          {(isOfBoth ? lines.filter(({ run }) => run === line.run) : [line]).map((own) => (
            <span key={own.key} class="jpp-legend-value">
              {valueWords(pointed === null ? own.points.at(-1)?.[1] : valueAt(own.points, pointed))}
            </span>
          ))}
        </span>
      ))}
      {note && <span class="jpp-legend-note">{note}</span>}
    </div>
  );
}

/** The step that is pointed at, else the last. */
export function ChartStep({ lines, linked }: Pick<LegendProps, "lines" | "linked">): JSX.Element {
  const step = linked.step.value ?? lastStep(lines);
  return <span class="jpp-chart-step">{step === null ? "" : `step ${stepWords(step)}`}</span>;
}

/** Which dashes are which metric; the colours are the runs'. */
function MetricKey({ line }: { line: ChartLine }): JSX.Element {
  return (
    <span class="jpp-legend-line jpp-legend-key">
      <svg class="jpp-swatch" width="20" height="8" viewBox="0 0 20 8" aria-hidden="true">
        <line x1="0" y1="4" x2="20" y2="4" stroke="currentColor" stroke-width="2" stroke-dasharray={line.style.dash.join(" ")} />
      </svg>
      {line.metric}
    </span>
  );
}
