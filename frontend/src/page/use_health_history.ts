/** The last hour of the machine: asked for once, and again wherever this page has missed some of it. */

import { useEffect, useRef, useState } from "preact/hooks";
import {
  GAP_MS,
  isGap,
  joinedHistory,
  NO_HISTORY,
  readHistory,
  sampleOf,
  withReport,
  type HealthHistory,
} from "../model/health_history";
import type { FeedView } from "../transport/feed_view";

const ASKED = "health/history?minutes=60&form=columns";

export interface KnownHistory {
  history: HealthHistory;
  isAsking: boolean;
  /** Why the hour could not be asked for; empty: it could. */
  problem: string;
  again: () => void;
  /** The right edge of what is drawn, in the server's clock: it goes on where nothing is heard. */
  edge: number;
}

export function useHealthHistory(view: FeedView): KnownHistory {
  const [history, setHistory] = useState<HealthHistory>(NO_HISTORY);
  const [missed, setMissed] = useState(0);
  const asked = useAsked(view, missed, (found) => setHistory((known) => joinedHistory(found, known)));
  const { health } = view.state;
  useEffect(() => {
    if (!health) return;
    const sample = sampleOf(health);
    // Only of what came while it was shown: gaps that the server itself has do not go away by asking.
    if (sample && isGap(history.samples.at(-1), sample)) setMissed((count) => count + 1);
    setHistory((known) => withReport(known, health));
  }, [health]);
  return { history, ...asked, again: () => setMissed((count) => count + 1), edge: useEdge(history) };
}

function useAsked({ rest }: FeedView, missed: number, found: (history: HealthHistory) => void): Pick<KnownHistory, "isAsking" | "problem"> {
  const [isAsking, setAsking] = useState(true);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!rest) return;
    const left = new AbortController();
    setAsking(true);
    rest
      .get(ASKED, left.signal)
      .then(
        (answer) => {
          found(readHistory(answer));
          setProblem("");
        },
        (error: unknown) => {
          if (!left.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
        },
      )
      .finally(() => {
        if (!left.signal.aborted) setAsking(false);
      });
    return () => left.abort();
  }, [rest, missed]);
  return { isAsking: isAsking && rest !== null, problem };
}

/** The newest sample's time, moved on by this page's clock once the next one is late. */
function useEdge({ samples }: HealthHistory): number {
  const newest = samples.at(-1)?.time ?? 0;
  const heard = useRef({ newest, at: performance.now() });
  if (heard.current.newest !== newest) heard.current = { newest, at: performance.now() };
  const silent = performance.now() - heard.current.at;
  return silent > GAP_MS / 2 ? newest + silent : newest;
}
