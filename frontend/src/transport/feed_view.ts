/**
 * What a feed has to show at one moment.
 *
 * A feed changes in place, and a component that has a state of its own is drawn again only when one of
 * its props is another. So components take this, which is made anew for every drawing, and never the
 * feed: what is shown can then not stay behind what is known, wherever the component stands.
 */

import type { Activity, RunState } from "../model/wire";
import { withoutRepeats, type ViewState } from "../model/view_state";
import type { Feeding, PanelFeed } from "./panel_feed";
import type { Rest } from "./rest";

/** What can be asked of a feed; what comes of it is seen in a later view. */
export type Asking = Pick<PanelFeed, "control" | "tryNow" | "loadRun" | "loadSeries" | "loadActivity" | "loadRunActivity">;

export interface FeedView {
  readonly state: ViewState;
  readonly run: RunState | null;
  readonly isUnknown: boolean;
  readonly problem: string;
  readonly feeding: Feeding;
  readonly rest: Rest | null;
  readonly saved: readonly Activity[];
  readonly askedFor: ReadonlyMap<string, readonly Activity[]>;
  /** The server has another version than when this page came. */
  readonly isOutdated: boolean;
  /** Where the page's server is; null: the page knows of none. */
  readonly baseUrl: string | null;
  readonly asking: Asking;
}

export function viewOf(feed: PanelFeed): FeedView {
  const { state, run, isUnknown, problem, feeding, rest, saved, askedFor, isOutdated, baseUrl } = feed;
  return { state, run, isUnknown, problem, feeding, rest, saved, askedFor, isOutdated, baseUrl, asking: feed };
}

/** A run's own activity, newest first; what the page was saved with goes on below the newest. */
export function activityOf({ state, saved, askedFor }: FeedView, runId: string): Activity[] {
  const own = state.activity.filter((told) => told.run_id === runId);
  const logged = withoutRepeats([...own, ...(askedFor.get(runId) ?? [])]);
  logged.sort((a, b) => b.offset - a.offset);
  return withoutRepeats([...logged, ...saved.filter((told) => told.run_id === runId)]);
}
