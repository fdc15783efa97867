/** Lines that come while somebody reads further down: they wait, so that nothing moves under the eyes. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Activity } from "../../model/wire";

export interface NewLines {
  shown: readonly Activity[];
  /** How many wait. */
  waiting: number;
  /** Marks where the list begins. */
  top: RefObject<HTMLDivElement | null>;
  /** Show them, and go there. */
  show: () => void;
}

/** `key` names the list: another one begins at its top. */
export function useNewLines(lines: readonly Activity[], key: string): NewLines {
  const top = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<{ key: string; upTo: number } | null>(null);
  const newest = useRef(0);
  newest.current = lines[0]?.offset ?? 0;
  useEffect(() => {
    if (!top.current) return;
    const watching = new IntersectionObserver(([entry]) => {
      // Scrolled out above, that is: it may also lie below, on a small screen. What scrolls may be a part of the window.
      const isAbove = entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top < innerHeight / 2;
      setSeen(isAbove ? { key, upTo: newest.current } : null);
    });
    watching.observe(top.current);
    return () => watching.disconnect();
  }, [key]);
  const upTo = seen?.key === key ? seen.upTo : Infinity;
  const shown = upTo === Infinity ? lines : lines.filter((told) => told.offset <= upTo);
  const show = (): void => {
    setSeen(null);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    top.current?.scrollIntoView({ block: "center", behavior: isStill ? "auto" : "smooth" });
  };
  return { shown, waiting: lines.length - shown.length, top, show };
}

const GATHERED_MS = 1500;

/** What is told to those who hear the page: a line that came, or how many did in a while. */
export function useAnnouncement(lines: readonly Activity[], isLoaded: boolean, key: string): string {
  const [words, setWords] = useState("");
  const told = useRef<{ key: string; upTo: number } | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const known = useRef(lines);
  known.current = lines;
  const newest = lines[0]?.offset ?? 0;
  useEffect(() => {
    if (!isLoaded) return;
    if (told.current?.key !== key) told.current = { key, upTo: newest };
    if (newest <= told.current.upTo || timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      const added = known.current.filter(({ offset }) => offset > (told.current?.upTo ?? Infinity));
      if (added.length) setWords(added.length === 1 ? added[0]!.text : `${added.length} new lines`);
      told.current = { key, upTo: known.current[0]?.offset ?? 0 };
    }, GATHERED_MS);
  }, [newest, isLoaded, key]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return words;
}
