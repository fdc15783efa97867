/** One figure over time as a small line: coloured where it is at a threshold or above, open where nothing is known. */

import type { JSX } from "preact";
import { useId, useMemo } from "preact/hooks";
import type { Sample } from "../../model/health_history";
import type { HealthRow } from "../../model/health_rows";
import { areaOf, linesOf, pathOf, topOf, xOf, yOf, type Box } from "../../model/sparkline";
import type { Threshold } from "../../model/wire";

/** Of the drawing; the page stretches it to whatever room there is. */
const WIDTH = 720;
const HEIGHT = 40;

interface SparklineProps {
  row: HealthRow;
  samples: readonly Sample[];
  threshold: Threshold | undefined;
  from: number;
  to: number;
  /** Where stages begin and end, in ms. */
  boundaries: readonly number[];
}

function boxOf({ row, samples, threshold, from, to }: SparklineProps): Box {
  const paths = row.figures.map(({ path }) => path);
  const top = row.unit === "percent" ? 100 : topOf(samples, paths, threshold?.yellow ?? null);
  return { from, to, top, width: WIDTH, height: HEIGHT };
}

export function Sparkline(props: SparklineProps): JSX.Element {
  const { row, samples, threshold, from, to, boundaries } = props;
  const id = useId();
  const box = useMemo(() => boxOf(props), [row, samples, threshold, from, to]);
  const [first, second] = useMemo(
    () => row.figures.map(({ path }) => linesOf(samples, path, box)),
    [row, samples, box],
  );
  return (
    <svg class="jpp-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <defs>
        <Colours id={id} box={box} threshold={threshold} />
      </defs>
      <path class="jpp-spark-boundaries" d={boundaries.map((at) => `M${xOf(at, box).toFixed(2)} 0V${HEIGHT}`).join("")} />
      <Limit level="yellow" at={threshold?.yellow ?? null} box={box} />
      <Limit level="red" at={threshold?.red ?? null} box={box} />
      <path class="jpp-spark-area" d={areaOf(first ?? [], HEIGHT)} fill={`url(#${id})`} />
      {second && <path class="jpp-spark-line jpp-spark-second" d={pathOf(second)} stroke={`url(#${id})`} />}
      <path class="jpp-spark-line" d={pathOf(first ?? [])} stroke={`url(#${id})`} />
    </svg>
  );
}

/** The line's colour by its height: one line can be drawn through all of them. */
function Colours({ id, box, threshold }: { id: string; box: Box; threshold: Threshold | undefined }): JSX.Element {
  const stops: JSX.Element[] = [];
  let level = "plain";
  const limits = [
    [threshold?.yellow ?? null, "yellow"],
    [threshold?.red ?? null, "red"],
  ] as const;
  for (const [at, name] of limits) {
    if (at === null || at > box.top) continue;
    const offset = 1 - yOf(at, box) / box.height;
    stops.push(<stop key={`${name} below`} offset={offset} class={`jpp-stop-${level}`} />);
    stops.push(<stop key={name} offset={offset} class={`jpp-stop-${name}`} />);
    level = name;
  }
  return (
    <linearGradient id={id} gradientUnits="userSpaceOnUse" x1="0" x2="0" y1={HEIGHT} y2="0">
      {stops.length ? stops : <stop offset="0" class="jpp-stop-plain" />}
    </linearGradient>
  );
}

function Limit({ level, at, box }: { level: "yellow" | "red"; at: number | null; box: Box }): JSX.Element | null {
  if (at === null || at > box.top) return null;
  const y = yOf(at, box).toFixed(2);
  return <path class={`jpp-spark-limit jpp-spark-${level}`} d={`M0 ${y}H${WIDTH}`} data-limit={at} />;
}
