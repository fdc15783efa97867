/** A value that changes with each frame, for what need not: words that are read out, or hidden. */

import { useEffect, useRef, useState } from "preact/hooks";

/** The newest value, a new one at most once in so many milliseconds; `isPrompt`: at once. */
export function useSlowly<Value>(value: Value, everyMs: number, isPrompt: boolean): Value {
  const [shown, setShown] = useState(value);
  const newest = useRef(value);
  const timer = useRef<number | undefined>(undefined);
  newest.current = value;
  useEffect(() => {
    if (isPrompt || value === shown) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      setShown(newest.current);
    }, everyMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return isPrompt ? value : shown;
}
