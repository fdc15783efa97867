/** What runs can be found by: asked for when the history is opened, and when a run came or changed since. */

import { useEffect, useState } from "preact/hooks";
import { fields, items, number, text } from "../../model/reading_fields";
import type { FeedView } from "../../transport/feed_view";

export interface Facet {
  name: string;
  runs: number;
}

export interface Facets {
  statuses: readonly Facet[];
  tags: readonly Facet[];
  estimators: readonly Facet[];
  metrics: readonly Facet[];
}

const NONE: Facets = { statuses: [], tags: [], estimators: [], metrics: [] };
const AGAIN_AFTER_MS = 2000;

export function readFacets(answer: unknown): Facets {
  const of = (kind: string): Facet[] =>
    items(fields(answer)[kind]).flatMap((item) => {
      const name = text(fields(item)["name"]);
      return name === null ? [] : [{ name, runs: number(fields(item)["runs"]) ?? 0 }];
    });
  return { statuses: of("statuses"), tags: of("tags"), estimators: of("estimators"), metrics: of("metrics") };
}

export function useFacets({ rest, state }: FeedView): Facets {
  const [facets, setFacets] = useState(NONE);
  // Not with every step of a run: what they are found by changes with what is durable alone.
  const changed = [...state.runs.values()].map((run) => `${run.run_id}${run.status}${run.tags.join()}`).join();
  useEffect(() => {
    if (rest === null) return;
    const closed = new AbortController();
    const ask = (): void => {
      rest.get("facets", closed.signal).then(
        (answer) => setFacets(readFacets(answer)),
        // Without them what is looked for can still be written.
        (error: unknown) => console.debug(error),
      );
    };
    const wait = setTimeout(ask, facets === NONE ? 0 : AGAIN_AFTER_MS);
    return () => {
      clearTimeout(wait);
      closed.abort();
    };
  }, [rest !== null, state.logId, changed]);
  return facets;
}
