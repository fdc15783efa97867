/** Loading what charts show of runs' metrics: each once, and again where points were missed. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { FeedView } from "../../transport/feed_view";

/** Of one request: the names go into the address. */
const NAMES_AT_ONCE = 40;
const CHARACTERS_AT_ONCE = 3000;
const REQUESTS_AT_ONCE = 3;
/** A view that keeps missing points does not ask for them all the time, and less and less where it is refused. */
const AGAIN_MS = 1000;
const SELDOM_MS = 30_000;

export interface SeriesLoading {
  /** Call it with the metrics that have come into sight. */
  onShown: (metrics: readonly string[]) => void;
  /** Why some cannot be loaded; empty: nothing is missing, or it is under way. */
  problem: string;
}

/**
 * Keep the metrics that are shown of these runs loaded, as long as something is connected.
 * `first` are asked for whether they are shown or not.
 */
export function useSeries(view: FeedView, runIds: readonly string[], first: readonly string[] = []): SeriesLoading {
  const [shown, setShown] = useState<ReadonlySet<string>>(() => new Set(first));
  const [problem, setProblem] = useState("");
  const [, setTurn] = useState(0);
  const asked = useRef(new Set<string>());
  const requests = useRef(0);
  const refused = useRef(0);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  // After every drawing: what is missing is known by looking.
  useEffect(() => {
    if (view.feeding.via === "none" || requests.current === REQUESTS_AT_ONCE) return;
    const wanted = firstMissing(view, runIds, shown, asked.current);
    if (!wanted) return;
    const keys = wanted.names.map((name) => keyOf(wanted.runId, name));
    for (const key of keys) asked.current.add(key);
    requests.current += 1;
    const answered = (words: string): void => {
      requests.current -= 1;
      refused.current = words ? refused.current + 1 : 0;
      const again = (): void => {
        for (const key of keys) asked.current.delete(key);
        if (!isGone.current) setTurn((count) => count + 1);
      };
      setTimeout(again, Math.min(SELDOM_MS, AGAIN_MS * 2 ** Math.max(0, refused.current - 1)));
      if (!isGone.current) setProblem(words);
    };
    view.asking.loadSeries(wanted.runId, wanted.names).then(
      () => answered(""),
      (error: unknown) => answered(error instanceof Error ? error.message : String(error)),
    );
  });
  const onShown = (metrics: readonly string[]): void => {
    setShown((known) => (metrics.every((name) => known.has(name)) ? known : new Set([...known, ...metrics])));
  };
  return { onShown, problem };
}

const keyOf = (runId: string, name: string): string => `${runId} ${name}`;

interface Missing {
  runId: string;
  names: string[];
}

/** What to ask for next: metrics of one run. */
function firstMissing(
  view: FeedView,
  runIds: readonly string[],
  shown: ReadonlySet<string>,
  asked: ReadonlySet<string>,
): Missing | null {
  for (const runId of runIds) {
    const whole = view.state.series.get(runId)?.whole;
    const names: string[] = [];
    let characters = 0;
    for (const name of shown) {
      if (whole?.has(name) || asked.has(keyOf(runId, name))) continue;
      characters += name.length;
      if (names.length && (names.length === NAMES_AT_ONCE || characters > CHARACTERS_AT_ONCE)) break;
      names.push(name);
    }
    if (names.length) return { runId, names };
  }
  return null;
}
