/** The bar that moves smoothly, and the figures under it. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isStoppedEarly } from "../model/early_end";
import { duration, figure, nameOf, roughly, UNKNOWN } from "../model/format";
import { liveScoreName, liveScoreOf, withinSentence } from "../model/live_score";
import { isGuessed, percent } from "../model/guessed";
import { waitedSeconds } from "../model/queueing";
import { timeLeftWords } from "../model/time_left";
import { number } from "../model/reading_fields";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import { wallClock } from "./clock";
import { secondsSince, shownProgress } from "./shown";

export interface ProgressProps {
  run: RunState;
  /** When the state was heard, in this page's clock; null: long ago. */
  heardAt: number | null;
  isFresh: boolean;
}

function secondsOf({ heardAt, isFresh }: ProgressProps): number {
  return secondsSince(heardAt, isFresh);
}

/** The style goes in by the DOM, for the page's policy allows no style in markup. */
function Fill({ progress }: { progress: number }): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (bar.current) bar.current.style.transform = `scaleX(${progress / 100})`;
  }, [progress]);
  return <div class="jpp-bar-fill" ref={bar} />;
}

export function ProgressBar(props: ProgressProps): JSX.Element {
  const { run } = props;
  const progress = shownProgress(run, secondsOf(props));
  const guessed = isGuessed(run);
  return (
    <div
      class={`jpp-bar jpp-bar-${isStoppedEarly(run) ? "stopped" : run.status}${guessed ? " jpp-bar-guessed" : ""}`}
      role="progressbar"
      aria-label={`Progress of ${run.name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(progress)}
      aria-valuetext={guessed ? `about ${Math.floor(progress)} percent, judged by earlier runs` : undefined}
      title={guessed ? "An estimate: judged by what earlier runs took" : undefined}
    >
      <Fill progress={progress} key={run.run_id} />
    </div>
  );
}

interface FigureProps {
  name: string;
  note?: string | null;
  children: ComponentChildren;
}

export function Figure({ name, note, children }: FigureProps): JSX.Element {
  return (
    <div class="jpp-figure">
      <dt>{name}</dt>
      <dd>
        {children}
        {note ? <span class="jpp-note"> {note}</span> : null}
      </dd>
    </div>
  );
}

function elapsedOf(props: ProgressProps): number | null {
  const { run } = props;
  if (run.elapsed_time === null) return null;
  return hasEnded(run.status) ? run.elapsed_time : run.elapsed_time + secondsOf(props);
}

function TimeLeft(props: ProgressProps): JSX.Element {
  const { run } = props;
  const since = secondsOf(props);
  // What was likely before it fell silent says nothing of when it goes on.
  const words = run.stalled ? null : timeLeftWords(run, since);
  if (words === null) return <span class="jpp-unknown">not known yet</span>;
  const likely = roughly(Math.max(0, run.estimated_remaining! - since));
  return <span title={run.estimated_range ? `Most likely ${likely}; the range holds it nine times in ten` : ""}>{words}</span>;
}

/** The score of the test rows once there is one; before that, the live one. */
function ScoreFigure({ run }: { run: RunState }): JSX.Element | null {
  const test = run.result?.test;
  const metric = test && ["accuracy", "r2"].find((name) => typeof test[name] === "number");
  if (metric) {
    const value = test[metric] as number;
    return <Figure name={`Test ${withinSentence(nameOf(metric))}`}>{value.toFixed(4)}</Figure>;
  }
  const score = liveScoreOf(run);
  if (score === null && run.kind !== "pipeline") return <NewestMetric run={run} />;
  if (score === null && hasEnded(run.status)) return null;
  return <Figure name={liveScoreName(run)}>{score?.value == null ? UNKNOWN : score.value.toFixed(4)}</Figure>;
}

/** Of a loop of one's own, which has a score only where it logs one: the first metric that it logs. */
function NewestMetric({ run }: { run: RunState }): JSX.Element | null {
  const [first] = Object.entries(run.metrics);
  return first ? <Figure name={nameOf(first[0])}>{figure(first[1])}</Figure> : null;
}

/** Up to when it is known that a run waits, by the wall clock: a queue that is not heard may have moved. */
function knownAt({ run, heardAt, isFresh }: ProgressProps): number {
  if (isFresh) return wallClock();
  return heardAt === null ? Date.parse(run.updated_time ?? run.queued_time ?? "") : performance.timeOrigin + heardAt;
}

/** Elapsed, or for a run that has not begun how long it has waited. */
function TimeFigure(props: ProgressProps): JSX.Element {
  const { run } = props;
  const isOver = hasEnded(run.status);
  if (run.status === "queued") {
    return <Figure name="Waiting">{duration(waitedSeconds(run, knownAt(props)))}</Figure>;
  }
  const limit = number(run.spec["time_limit"]);
  const note = limit !== null && !isOver ? `time limit ${duration(limit)}` : null;
  return <Figure name={isOver ? "Took" : "Elapsed"} note={note}>{duration(elapsedOf(props), isOver)}</Figure>;
}

/** Percent, elapsed, the score and the time left, in columns that keep their places to the end. */
export function Figures(props: ProgressProps): JSX.Element {
  const { run } = props;
  const progress = shownProgress(run, secondsOf(props));
  const isOver = hasEnded(run.status);
  const guessed = isGuessed(run);
  return (
    <dl class="jpp-figures jpp-glance">
      <Figure name="Progress" note={isStoppedEarly(run) ? "stopped" : guessed ? "by earlier runs" : null}>
        {percent(run, progress)}
      </Figure>
      <TimeFigure {...props} />
      <ScoreFigure run={run} />
      {!isOver && (
        <Figure name="Time left">
          {run.status === "queued" ? UNKNOWN : <TimeLeft {...props} />}
        </Figure>
      )}
    </dl>
  );
}
