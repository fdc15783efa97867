/** Keeps the tab's title. A hidden tab draws nothing, so this goes by the feed and not by the page. */

import { tabTitle } from "../model/tab_title";
import type { Notice } from "../model/view_state";
import type { PanelFeed } from "../transport/panel_feed";
import { secondsSince, shownProgress } from "../view/shown";
import { isFresh } from "../view/Status";

const AT_MOST_EVERY_MS = 500;

export function keepTitle(feed: PanelFeed): void {
  let seen: ReadonlySet<string> = new Set();
  let timer: number | undefined;
  const isLookedAt = (): boolean => document.visibilityState === "visible" && document.hasFocus();
  const write = (): void => {
    timer = undefined;
    const { state, feeding } = feed;
    if (isLookedAt()) seen = new Set(state.notices.map(({ key }) => key));
    const unseen: Notice[] = state.notices.filter(({ key }) => !seen.has(key));
    const fresh = isFresh(feeding.connection);
    const shown = (run: Parameters<typeof shownProgress>[0]): number =>
      shownProgress(run, secondsSince(state.heardAt.get(run.run_id) ?? null, fresh));
    const isUndecided = feeding.connection === "connecting";
    const title = tabTitle({ runs: state.runs.values(), isFresh: fresh || isUndecided, unseen, shown });
    if (title !== document.title) document.title = title;
  };
  const later = (): void => {
    timer ??= window.setTimeout(write, AT_MOST_EVERY_MS);
  };
  feed.listen(later);
  document.addEventListener("visibilitychange", write);
  window.addEventListener("focus", write);
  write();
}
