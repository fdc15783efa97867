/** The clock below the lines, and the cursor that reads all of them at one moment: by pointer and by keys. */

import type { JSX } from "preact";
import { clock } from "../../model/format";
import { ticksOf } from "../../model/sparkline";
import { usePlaceAt } from "./place_at";

interface TimeAxisProps {
  from: number;
  to: number;
  /** The moment that is read; null: the newest. */
  at: number | null;
  /** What stands at that moment, in words. */
  words: string;
  read: (at: number | null) => void;
}

const STEPS = 120;
const MOST_TICKS = 8;

export function TimeAxis({ from, to, at, words, read }: TimeAxisProps): JSX.Element {
  const step = (to - from) / STEPS;
  const onKey = (event: KeyboardEvent): void => {
    const next = keyed(event.key, at ?? to, step, from, to);
    if (next === undefined) return;
    event.preventDefault();
    read(next);
  };
  return (
    <div
      class="jpp-hour-clock"
      role="slider"
      tabIndex={0}
      aria-label="Moment that is read"
      aria-valuemin={Math.round(from / 1000)}
      aria-valuemax={Math.round(to / 1000)}
      aria-valuenow={Math.round((at ?? to) / 1000)}
      aria-valuetext={words}
      title="Arrow keys read the lines moment by moment; Escape goes back to now"
      onKeyDown={onKey}
      onBlur={() => read(null)}
    >
      {ticksOf(from, to, MOST_TICKS).map((tick) => (
        <Tick key={tick} time={tick} share={(tick - from) / (to - from)} />
      ))}
    </div>
  );
}

/** Where a key leads; undefined: nowhere. */
function keyed(key: string, at: number, step: number, from: number, to: number): number | null | undefined {
  const within = (time: number): number => Math.min(to, Math.max(from, time));
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return within(at - step);
    case "ArrowRight":
    case "ArrowUp":
      return within(at + step);
    case "PageDown":
      return within(at - 10 * step);
    case "PageUp":
      return within(at + 10 * step);
    case "Home":
      return from;
    case "End":
      return to;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}

function Tick({ time, share }: { time: number; share: number }): JSX.Element {
  const place = usePlaceAt<HTMLSpanElement>(share);
  const edge = share < 0.03 ? " jpp-hour-tick-first" : share > 0.97 ? " jpp-hour-tick-last" : "";
  return (
    <span ref={place} class={`jpp-hour-tick${edge}`} aria-hidden="true">
      {clock(new Date(time).toISOString(), time, "minute")}
    </span>
  );
}

/** A thin line through a row at the moment that is read. */
export function CursorLine({ share }: { share: number }): JSX.Element {
  const place = usePlaceAt<HTMLSpanElement>(share);
  return <span ref={place} class="jpp-spark-cursor" aria-hidden="true" />;
}
