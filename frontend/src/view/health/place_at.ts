/** Putting an element somewhere along the time axis: by the DOM, since a strict policy allows no style attributes. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** `at` and `until` are shares of the width. */
export function usePlaceAt<T extends HTMLElement>(at: number, until?: number): RefObject<T | null> {
  const element = useRef<T>(null);
  useLayoutEffect(() => {
    if (!element.current) return;
    element.current.style.left = `${(at * 100).toFixed(3)}%`;
    if (until !== undefined) element.current.style.width = `${(Math.max(0, until - at) * 100).toFixed(3)}%`;
  }, [at, until]);
  return element;
}
