/** Each stage with its state, its times, its place in time and what it measured. */

import type { ComponentChildren, JSX } from "preact";
import { stageRemaining } from "../model/eta";
import { duration, metricWords, roughly, UNKNOWN } from "../model/format";
import { timelineOf, type TimeBar, type Timeline } from "../model/timeline";
import type { StageState } from "../model/wire";
import type { ProgressProps } from "./Progress";
import { secondsSince } from "./shown";
import { elapsedSeconds, StageMark } from "./Stages";
import { TimeAxis, TimeSpan } from "./TimeSpan";

function elapsedOf(stage: StageState, props: ProgressProps): string {
  if (stage.elapsed_s === null) return UNKNOWN;
  return duration(elapsedSeconds(stage, props), stage.status !== "running");
}

/** The whole of a stage's time: by earlier runs, or by the pace that it shows. */
function expectedOf(stage: StageState): string {
  const left = stage.status === "running" ? stageRemaining(stage) : null;
  const expected = stage.estimated_s ?? (left === null ? null : (stage.elapsed_s ?? 0) + left);
  if (expected === null) return UNKNOWN;
  return expected < 1 ? "<1 s" : roughly(expected);
}

function metricsOf(stage: StageState): string {
  return Object.entries(stage.metrics)
    .filter(([, value]) => typeof value !== "object" || Array.isArray(value))
    .map(([name, value]) => metricWords(name, value))
    .join(" · ");
}

export function StageTable(props: ProgressProps): JSX.Element {
  const { run } = props;
  const timeline = timelineOf(run, secondsSince(props.heardAt, props.isFresh));
  const barOf = (key: string): TimeBar | undefined => timeline?.bars.find((bar) => bar.key === key);
  const isMeasured = run.stages.some((stage) => metricsOf(stage) !== "");
  return (
    <div class="jpp-scroll" tabIndex={0} role="region" aria-label="Table of stages">
      <table class={isMeasured ? "jpp-table jpp-stage-table" : "jpp-table jpp-stage-table jpp-unmeasured"}>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="jpp-num">Took</th>
            <th scope="col" class="jpp-num">Expected</th>
            <OverTime timeline={timeline}>
              <span class="jpp-spoken">Began</span>
              <TimeAxis marks={timeline?.marks ?? []} />
            </OverTime>
            {isMeasured && <th scope="col" class="jpp-measured">Measured</th>}
          </tr>
        </thead>
        <tbody>
          <Before bar={barOf("wait")} title="Waited to begin" timeline={timeline} isMeasured={isMeasured} />
          <Before bar={barOf("earlier")} title={attemptsBefore(run.attempt)} timeline={timeline} isMeasured={isMeasured} />
          {run.stages.map((stage) => (
            <tr key={stage.id} class={`jpp-row-${stage.status}`}>
              <th scope="row">
                <StageMark stage={stage} /> {stage.title}
              </th>
              <td class="jpp-num">{elapsedOf(stage, props)}</td>
              <td class="jpp-num">{expectedOf(stage)}</td>
              <Spanned bar={barOf(stage.id)} title={stage.title} timeline={timeline} />
              {isMeasured && <td class="jpp-measured">{metricsOf(stage)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function attemptsBefore(attempt: number): string {
  return attempt === 2 ? "First attempt" : `${attempt - 1} attempts before`;
}

/** The heading of the bars; before there is anything to draw, there is no such column. */
function OverTime({ timeline, children }: { timeline: Timeline | null; children: ComponentChildren }): JSX.Element | null {
  if (!timeline) return null;
  return (
    <th scope="col" class="jpp-over-time">
      {children}
    </th>
  );
}

interface SpannedProps {
  bar: TimeBar | undefined;
  title: string;
  timeline: Timeline | null;
}

function Spanned({ bar, title, timeline }: SpannedProps): JSX.Element | null {
  if (!timeline) return null;
  return <td class="jpp-over-time">{bar && <TimeSpan bar={bar} title={title} marks={timeline.marks} />}</td>;
}

/** What lies before the first stage. */
function Before(props: SpannedProps & { isMeasured: boolean }): JSX.Element | null {
  const { bar, title, isMeasured } = props;
  if (!bar) return null;
  return (
    <tr class="jpp-row-before">
      <th scope="row">
        <span class="jpp-mark jpp-mark-none" aria-hidden="true" /> {title}
      </th>
      <td class="jpp-num">{duration(bar.tookS, true)}</td>
      <td class="jpp-num" />
      <Spanned {...props} />
      {isMeasured && <td class="jpp-measured" />}
    </tr>
  );
}
