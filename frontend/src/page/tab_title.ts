/** Keeps the tab's title. A hidden tab draws nothing, so this goes by the feed and not by the page. */

import { tabTitle } from "../model/tab_title";
import type { PanelFeed } from "../transport/panel_feed";
import { secondsSince, shownProgress } from "../view/shown";
import { isFresh } from "../view/Status";
import { onLook, Unseen } from "./unseen";

const AT_MOST_EVERY_MS = 500;

export function keepTitle(feed: PanelFeed): void {
  const unseen = new Unseen();
  let timer: number | undefined;
  const write = (): void => {
    timer = undefined;
    const { state, feeding } = feed;
    const fresh = isFresh(feeding.connection);
    const shown = (run: Parameters<typeof shownProgress>[0]): number =>
      shownProgress(run, secondsSince(state.heardAt.get(run.run_id) ?? null, fresh));
    const isUndecided = feeding.connection === "connecting";
    const title = tabTitle({ runs: state.runs.values(), isFresh: fresh || isUndecided, unseen: unseen.among(state.notices), shown });
    if (title !== document.title) document.title = title;
  };
  const later = (): void => {
    timer ??= window.setTimeout(write, AT_MOST_EVERY_MS);
  };
  feed.listen(later);
  onLook(write);
  write();
}
