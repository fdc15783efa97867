/** A stage's bar on the axis of its run's time. Places and lengths go in by the DOM: no style in markup. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { duration, roughly } from "../model/format";
import type { TimeBar, Timeline } from "../model/timeline";

const percent = (share: number): string => `${(100 * share).toFixed(3)}%`;

/** An element at a place of the axis, so long. */
function Placed({ className, start, length }: { className: string; start: number; length: number }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (!element.current) return;
    element.current.style.left = percent(start);
    element.current.style.width = percent(length);
  }, [start, length]);
  return <span ref={element} class={className} />;
}

interface TimeSpanProps {
  bar: TimeBar;
  title: string;
  marks: Timeline["marks"];
}

export function TimeSpan({ bar, title, marks }: TimeSpanProps): JSX.Element {
  const { kind, status, start, length, expected } = bar;
  const isDrawn = length > 0 || status === "running";
  return (
    <span class="jpp-span-track" title={`${title}: ${spanWords(bar)}`}>
      <span class="jpp-spoken">{bar.tookS > 0 || status === "running" ? beganWords(bar) : ""}</span>
      <span aria-hidden="true">
        {marks.map(({ at }) => (
          <Placed key={at} className="jpp-span-mark" start={at} length={0} />
        ))}
        {expected > 0 && <Placed className="jpp-span jpp-span-expected" start={start + length} length={expected} />}
        {isDrawn && <Placed className={`jpp-span jpp-span-${kind === "stage" ? status : kind}`} start={start} length={length} />}
      </span>
    </span>
  );
}

function beganWords({ kind, startS }: TimeBar): string {
  if (kind === "wait") return `${duration(-startS, true)} before the beginning`;
  return `after ${duration(startS, true)}`;
}

function spanWords(bar: TimeBar): string {
  const { kind, status, tookS } = bar;
  if (kind === "wait") return duration(tookS, true);
  if (kind === "earlier") return `${duration(tookS, true)} in all, from which this attempt goes on`;
  if (status === "pending") return "to come";
  return `began ${beganWords(bar)}, ${status === "running" ? `for ${roughly(tookS)} now` : `took ${duration(tookS, true)}`}`;
}

export function TimeAxis({ marks }: { marks: Timeline["marks"] }): JSX.Element {
  return (
    <span class="jpp-span-axis" aria-hidden="true">
      {marks.map(({ at, seconds }) => (
        <AxisMark key={seconds} at={at} words={axisWords(seconds)} />
      ))}
    </span>
  );
}

function AxisMark({ at, words }: { at: number; words: string }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (element.current) element.current.style.left = percent(at);
  }, [at]);
  return (
    <span ref={element} class={at > 0.93 ? "jpp-axis-mark jpp-axis-last" : "jpp-axis-mark"}>
      {words}
    </span>
  );
}

/** In the largest unit of which it is a whole number: `20 s`, `80 s`, `5 min`, `90 min`, `2 h`. */
function axisWords(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds % 60) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds % 3600) return `${seconds / 60} min`;
  return seconds % 86_400 || seconds < 172_800 ? `${seconds / 3600} h` : `${seconds / 86_400} d`;
}
