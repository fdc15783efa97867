/** Loading what charts show of runs' metrics: each once, and again where points were missed. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { FeedView } from "../../transport/feed_view";

/** Of one request: the names go into the address. */
const NAMES_AT_ONCE = 40;
const CHARACTERS_AT_ONCE = 3000;
/** A view that keeps missing points does not ask for them all the time. */
const AGAIN_MS = 1000;

export interface SeriesLoading {
  /** Call it with the metrics that have come into sight. */
  onShown: (metrics: readonly string[]) => void;
  /** Why some cannot be loaded; empty: nothing is missing, or it is under way. */
  problem: string;
}

/** Keep the metrics that are shown of these runs loaded, as long as the server can be reached. */
export function useSeries(view: FeedView, runIds: readonly string[]): SeriesLoading {
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState("");
  const [turn, setTurn] = useState(0);
  const last = useRef<{ key: string | null; at: number } | null>(null);
  const asking = useRef(view.asking);
  asking.current = view.asking;
  const canAsk = view.rest !== null;
  const wanted = canAsk ? firstMissing(view, runIds, shown) : null;
  const key = wanted && `${wanted.runId} ${wanted.names.join("\n")}`;
  useEffect(() => {
    if (!wanted) return;
    let timer: number | undefined;
    let isLeft = false;
    const answered = (words: string, waitMs: number): void => {
      if (isLeft) return;
      setProblem(words);
      timer = window.setTimeout(() => setTurn((count) => count + 1), waitMs);
    };
    const ask = (): void => {
      last.current = { key, at: performance.now() };
      asking.current.loadSeries(wanted.runId, wanted.names).then(
        () => answered("", 0),
        // An unanswered request is asked again, when the connection changes or a moment later.
        (error: unknown) => answered(error instanceof Error ? error.message : String(error), AGAIN_MS),
      );
    };
    const isRepeated = last.current?.key === key;
    const wait = isRepeated ? last.current!.at + AGAIN_MS - performance.now() : 0;
    if (wait > 0) timer = window.setTimeout(ask, wait);
    else ask();
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [canAsk, key, turn]);
  const onShown = (metrics: readonly string[]): void => {
    setShown((known) => (metrics.every((name) => known.has(name)) ? known : new Set([...known, ...metrics])));
  };
  return { onShown, problem };
}

interface Missing {
  runId: string;
  names: string[];
}

/** What to ask for next: metrics of one run. */
function firstMissing(view: FeedView, runIds: readonly string[], shown: ReadonlySet<string>): Missing | null {
  for (const runId of runIds) {
    const whole = view.state.series.get(runId)?.whole;
    const names: string[] = [];
    let characters = 0;
    for (const name of shown) {
      if (whole?.has(name) || names.length === NAMES_AT_ONCE) continue;
      characters += name.length;
      if (names.length && characters > CHARACTERS_AT_ONCE) break;
      names.push(name);
    }
    if (names.length) return { runId, names };
  }
  return null;
}
