/** All that the server tells of one model, asked again whenever a version is made or put in service. */

import { useEffect, useState } from "preact/hooks";
import { readModelDetail, type ModelDetail } from "../../model/model_versions";
import type { ModelSummary } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";

export interface KnownModel {
  /** Null: not known yet. */
  detail: ModelDetail | null;
  /** Why it could not be asked for; empty: it could. */
  problem: string;
  again: () => void;
}

export function useModel({ rest }: FeedView, { name, deployed, latest }: ModelSummary): KnownModel {
  const [detail, setDetail] = useState<ModelDetail | null>(null);
  const [problem, setProblem] = useState("");
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!rest) return;
    const left = new AbortController();
    rest.get(`models/${encodeURIComponent(name)}`, left.signal).then(
      (answer) => {
        setDetail(readModelDetail(answer));
        setProblem("");
      },
      (error: unknown) => {
        if (!left.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => left.abort();
  }, [rest, name, deployed, latest, tries]);
  return { detail, problem, again: () => setTries((count) => count + 1) };
}
