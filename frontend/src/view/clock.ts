/** The time as views show it: a signal that ticks while anything looks at it. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const TICK_MS = 500;

/** This page's clock, in ms; the one that the transports use. */
export const now = signal(performance.now());

let users = 0;
let timer: number | undefined;

function tick(): void {
  now.value = performance.now();
}

/** Keep the clock going while the component is seen, and redraw it with each tick. */
export function useClock(isSeen = true): number {
  useEffect(() => {
    if (!isSeen) return;
    users += 1;
    timer ??= window.setInterval(tick, TICK_MS);
    tick();
    return () => {
      users -= 1;
      if (users > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, [isSeen]);
  return now.value;
}

/** The wall clock's time, in ms, as of the last tick. */
export function wallClock(): number {
  return performance.timeOrigin + now.value;
}

/** A moment of the wall clock in this page's clock. */
export function pageTime(iso: unknown): number {
  const at = typeof iso === "string" ? Date.parse(iso) : NaN;
  const age = Number.isNaN(at) ? 0 : Math.max(0, Date.now() - at);
  return performance.now() - age;
}
