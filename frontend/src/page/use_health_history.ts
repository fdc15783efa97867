/** The last hour of the machine: asked for once, and again wherever this page has missed some of it. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
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
import type { Feeding } from "../transport/panel_feed";
import { now } from "../view/clock";
import { isFresh } from "../view/Status";

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
  const { health } = view.state;
  const [past, setHistory] = useState<HealthHistory>(NO_HISTORY);
  // What is known at once is drawn at once, and not only from the next picture on.
  const history = useMemo(() => (health ? withReport(past, health) : past), [past, health]);
  const [missed, setMissed] = useState(0);
  const asked = useAsked(view, missed, (found) => setHistory((known) => joinedHistory(found, known)));
  useEffect(() => {
    if (!health) return;
    const sample = sampleOf(health);
    // Only of what came while it was shown: gaps that the server itself has do not go away by asking.
    if (sample && isGap(past.samples.at(-1), sample)) setMissed((count) => count + 1);
    setHistory((known) => withReport(known, health));
  }, [health]);
  return { history, ...asked, again: () => setMissed((count) => count + 1), edge: useEdge(history, view.feeding) };
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

/** The newest sample's time, moved on by this page's clock once the next one is late or cannot come. */
function useEdge({ samples }: HealthHistory, { heardAt, connection }: Feeding): number {
  const newest = samples.at(-1)?.time ?? 0;
  const heard = useRef({ newest: 0, at: 0 });
  if (heard.current.newest !== newest) {
    // What came before this was opened is at least as old as the silence since then.
    heard.current = { newest, at: Math.min(performance.now(), Math.max(0, heardAt)) };
  }
  const silent = Math.max(0, now.value - heard.current.at);
  return silent > GAP_MS / 2 || !isFresh(connection) ? newest + silent : newest;
}
