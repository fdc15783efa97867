/** The machine's figures on one time axis: a line each, the stages of runs above, one cursor over all. */

import type { ComponentChildren, JSX, RefObject } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { ago, clock } from "../../model/format";
import { sampleAt, within, type HealthHistory, type Sample } from "../../model/health_history";
import { rowsOf, valueWords, type HealthRow } from "../../model/health_rows";
import { runsBetween, stageAt, stageMarks } from "../../model/stage_marks";
import type { Health, RunState, Threshold } from "../../model/wire";
import { FigureRow } from "./FigureRow";
import { HealthTable } from "./HealthTable";
import { StageLane } from "./StageLanes";
import { TimeAxis } from "./TimeAxis";

interface HealthHourProps {
  history: HealthHistory;
  isAsking: boolean;
  problem: string;
  again: () => void;
  edge: number;
  health: Health;
  thresholds: readonly Threshold[];
  runs: readonly RunState[];
  /** Whose stages are drawn; null: those of the runs at work, else of the last one. */
  runId: string | null;
  stretches: readonly number[];
  minutes: number;
  isFresh: boolean;
  choose: (name: "minutes" | "run", value: string) => void;
}

const MOST_LANES = 3;
const NARROWEST = 180;

export function HealthHour(props: HealthHourProps): JSX.Element {
  const { health, minutes } = props;
  const [at, read] = useState<number | null>(null);
  const axis = useRef<HTMLDivElement>(null);
  const { rows, samples, thresholds, from, to } = useStretch(props);
  const worked = runsBetween(props.runs, from, to);
  const lanes = lanesOf(worked, props.runId);
  const boundaries = useBoundaries(lanes, from, to);
  const shown = at !== null && at >= from ? sampleAt(samples, at) : null;
  const moment = { rows, samples, thresholds, from, to, at, sample: at === null ? (samples.at(-1) ?? null) : shown };
  return (
    <div class="jpp-hour-all">
      <Head {...props} worked={worked} at={at} sample={moment.sample} />
      <div class="jpp-hour" onPointerMove={(event) => read(momentAt(event, axis, from, to))} onPointerLeave={() => read(null)}>
        {lanes.map((run) => (
          <Lane key={run.run_id} name={run.name || run.run_id} stage={stageOf(run, at)}>
            <StageLane run={run} from={from} to={to} />
          </Lane>
        ))}
        {rows.map((row) => (
          <FigureRow key={row.id} row={row} {...moment} boundaries={boundaries} health={health} />
        ))}
        <div class="jpp-hour-row jpp-hour-foot">
          <div class="jpp-hour-plot" ref={axis}>
            <TimeAxis from={from} to={to} at={at} words={spoken(moment, lanes)} read={read} />
          </div>
        </div>
      </div>
      <Fold title="The same as a table">
        <HealthTable rows={rows} samples={samples} thresholds={thresholds} within={stretchWords(minutes)} />
      </Fold>
    </div>
  );
}

interface Stretch {
  rows: readonly HealthRow[];
  samples: readonly Sample[];
  thresholds: ReadonlyMap<string, Threshold>;
  from: number;
  to: number;
}

/** What is drawn; the same objects for as long as nothing of it is another. */
function useStretch({ history, health, edge, minutes, thresholds }: HealthHourProps): Stretch {
  const [from, to] = [edge - 60_000 * minutes, edge];
  return {
    samples: useMemo(() => within(history, from, to), [history, from, to]),
    rows: useMemo(() => rowsOf(history, health), [history.gpus, history.samples.length > 0, health.swap?.limit]),
    thresholds: useMemo(() => new Map(thresholds.map((each) => [each.figure, each])), [thresholds]),
    from,
    to,
  };
}

/** Where stages begin and end within the stretch. */
function useBoundaries(lanes: readonly RunState[], from: number, to: number): number[] {
  const ends = lanes.flatMap(stageMarks).flatMap((mark) => (mark.to === null ? [mark.from] : [mark.from, mark.to]));
  return useSame(apart(ends.filter((time) => time > from && time < to), (to - from) / NARROWEST));
}

/** Moments of which no two are so near each other that their lines would be one bar. */
function apart(times: readonly number[], least: number): number[] {
  const kept: number[] = [];
  for (const time of [...times].sort((a, b) => a - b)) {
    if (kept.length === 0 || time - kept.at(-1)! >= least) kept.push(time);
  }
  return kept;
}

/** The same list as long as its times are the same: lines are drawn again only for others. */
function useSame(times: number[]): number[] {
  const known = useRef(times);
  if (known.current.join() !== times.join()) known.current = times;
  return known.current;
}

function lanesOf(worked: readonly RunState[], runId: string | null): RunState[] {
  const chosen = worked.find((run) => run.run_id === runId);
  if (chosen) return [chosen];
  const active = worked.filter((run) => run.status === "running" || run.status === "stopping");
  return (active.length ? active : worked.slice(0, 1)).slice(0, MOST_LANES);
}

function momentAt(event: PointerEvent, axis: RefObject<HTMLDivElement | null>, from: number, to: number): number | null {
  const box = axis.current?.getBoundingClientRect();
  if (!box || box.width === 0) return null;
  const share = (event.clientX - box.left) / box.width;
  return share < 0 || share > 1 ? null : from + share * (to - from);
}

function stageOf(run: RunState, at: number | null): string {
  const stage = stageAt(stageMarks(run), at ?? Infinity);
  return stage?.title ?? "";
}

export function stretchWords(minutes: number): string {
  return minutes === 60 ? "the last hour" : `the last ${minutes} minutes`;
}

interface Moment {
  rows: readonly HealthRow[];
  at: number | null;
  to: number;
  sample: Sample | null;
}

/** What the cursor reads, for those who hear it. */
function spoken({ rows, at, to, sample }: Moment, lanes: readonly RunState[]): string {
  const time = at === null ? "Now" : told(at);
  if (!sample) return `${time}: nothing was measured`;
  const figures = rows.map((row) => {
    const { path } = row.figures[0]!;
    return `${row.title} ${valueWords(sample.values[path] ?? null, row.unit)}`;
  });
  const stages = lanes.flatMap((run) => {
    const stage = stageAt(stageMarks(run), at ?? to);
    return stage ? [`${run.name || run.run_id} in ${stage.title}`] : [];
  });
  return `${time}: ${[...figures, ...stages].join(", ")}`;
}

function told(time: number): string {
  return clock(new Date(time).toISOString(), time);
}

type HeadProps = HealthHourProps & { worked: readonly RunState[]; at: number | null; sample: Sample | null };

function Head(props: HeadProps): JSX.Element {
  const { stretches, minutes, choose, worked, runId } = props;
  return (
    <div class="jpp-hour-head">
      <div class="jpp-segments" role="group" aria-label="How much is shown">
        {stretches.map((stretch) => (
          <button
            key={stretch}
            type="button"
            class="jpp-segment"
            aria-pressed={stretch === minutes}
            onClick={() => choose("minutes", stretch === 60 ? "" : String(stretch))}
          >
            {stretch === 60 ? "1 h" : `${stretch} min`}
          </button>
        ))}
      </div>
      {worked.length > 1 && (
        <label class="jpp-labelled">
          <span>Stages of</span>
          <select class="jpp-dropdown" value={runId ?? ""} onChange={(event) => choose("run", event.currentTarget.value)}>
            <option value="">runs at work, else the last</option>
            {worked.map((run) => (
              <option key={run.run_id} value={run.run_id}>
                {run.name || run.run_id}
              </option>
            ))}
          </select>
        </label>
      )}
      <WhatIsRead {...props} />
    </div>
  );
}

/** Which moment the figures are of; and where they are not of now, why. */
function WhatIsRead({ at, sample, isAsking, problem, again, history, edge, isFresh, minutes }: HeadProps): JSX.Element {
  const newest = history.samples.at(-1);
  const silent = newest ? (edge - newest.time) / 1000 : 0;
  if (at !== null) return <span class="jpp-hour-read">{sample ? told(sample.time) : `${told(at)}: nothing was measured`}</span>;
  if (newest && (silent > 0 || !isFresh)) {
    return (
      <span class="jpp-hour-read jpp-hour-old">
        Last measured at {told(newest.time)}, <span class="jpp-age">{ago(silent)}</span>
      </span>
    );
  }
  if (problem) {
    return (
      <span class="jpp-hour-read jpp-problem" role="alert">
        What was before could not be loaded. {problem}{" "}
        <button type="button" class="jpp-button" onClick={again}>
          Try again
        </button>
      </span>
    );
  }
  return <span class="jpp-hour-read">{isAsking ? `Loading ${stretchWords(minutes)}…` : "Now"}</span>;
}

function Lane({ name, stage, children }: { name: string; stage: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="jpp-hour-row jpp-hour-lane">
      <span class="jpp-hour-name" title={name}>
        {name}
      </span>
      <span class="jpp-hour-value" title={stage}>
        {stage}
      </span>
      <div class="jpp-hour-plot">{children}</div>
    </div>
  );
}

function Fold({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="jpp-hour-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && children}
    </details>
  );
}
