/** The feed's lines under a filter: the newest page, what comes live above it, and older pages on demand. */

import { useEffect, useRef, useState } from "preact/hooks";
import { askedOf, queryOf, type ActivityFilter } from "../../model/activity_filter";
import {
  linesAtFirst,
  withLive,
  withNewestPage,
  withPage,
  type ActivityLines,
  type ActivityPage,
} from "../../model/activity_lines";
import { readActivities } from "../../model/reading";
import { fields } from "../../model/reading_fields";
import type { FeedView } from "../../transport/feed_view";
import type { Rest } from "../../transport/rest";

const PAGE = 50;

export interface LinesView extends ActivityLines {
  isLoading: boolean;
  /** Why a page could not be loaded; empty: none failed. */
  problem: string;
  /** Load what is older, or what failed to be loaded. */
  more: () => void;
}

async function pageOf(rest: Rest, filter: ActivityFilter, before: string | null, signal: AbortSignal): Promise<ActivityPage> {
  const answer = fields(await rest.get(`activity?${askedOf(filter, before, PAGE)}`, signal));
  const next = answer["next"];
  return { activity: readActivities(answer["activity"]), next: typeof next === "number" ? String(next) : null };
}

export function useActivityLines(view: FeedView, filter: ActivityFilter): LinesView {
  const { state, rest } = view;
  const [known, setKnown] = useState(() => linesAtFirst(state, filter));
  const wanted = queryOf(filter);
  const isOther = queryOf(known.filter) !== wanted;
  const current = isOther ? linesAtFirst(state, filter) : known;
  const { load, isLoading, problem } = usePages(view, filter, setKnown);
  useEffect(() => {
    if (isOther) setKnown(linesAtFirst(state, filter));
  }, [wanted]);
  useEffect(() => setKnown((at) => withLive(at, state)), [state.logId, state.offset, wanted]);
  const isNewestAmiss = known.next === undefined || known.isBroken;
  useEffect(() => {
    if (!isOther && isNewestAmiss) load(null);
  }, [rest, wanted, isOther, isNewestAmiss]);
  const more = (): void => {
    if (isLoading || current.next === null) return;
    load(isNewestAmiss ? null : (current.next ?? null));
  };
  return { ...current, isLoading, problem, more };
}

type Change = (change: (known: ActivityLines) => ActivityLines) => void;

/** Loads pages, one at a time; another one that is asked for takes the place of one on its way. */
function usePages(
  { state, rest }: FeedView,
  filter: ActivityFilter,
  change: Change,
): Pick<LinesView, "isLoading" | "problem"> & { load: (before: string | null) => void } {
  const [isLoading, setLoading] = useState(false);
  const [problem, setProblem] = useState("");
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);
  const load = (before: string | null): void => {
    if (!rest) return;
    asking.current?.abort();
    const asked = new AbortController();
    const askedAt = state.offset;
    asking.current = asked;
    setLoading(true);
    const found = (page: ActivityPage): void => {
      if (asked.signal.aborted) return;
      change((at) => (before === null ? withNewestPage(at, page, askedAt) : withPage(at, page)));
      setProblem("");
    };
    const failed = (error: unknown): void => {
      if (!asked.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    };
    const done = (): void => {
      if (asking.current === asked) setLoading(false);
    };
    pageOf(rest, filter, before, asked.signal).then(found, failed).finally(done);
  };
  return { load, isLoading, problem };
}
