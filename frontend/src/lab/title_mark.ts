/**
 * A mark in the title of Lab's tab: what happened while nobody looked at it, until somebody does.
 *
 * The title is Lab's. What it writes there, at any moment, stays and stands behind the mark.
 */

import { noticeMark } from "../model/tab_title";
import type { Notice } from "../model/view_state";
import { onLook, Unseen } from "../page/unseen";
import type { Watch } from "./watch";

export function markTitle(watch: Watch, isWanted: (notice: Notice) => boolean): void {
  const unseen = new Unseen();
  let mark = "";
  const write = (): void => {
    const labs = mark && document.title.startsWith(mark) ? document.title.slice(mark.length) : document.title;
    const words = noticeMark(unseen.among(watch.view.state.notices.filter(isWanted)));
    mark = words === null ? "" : `${words} · `;
    if (document.title !== mark + labs) document.title = mark + labs;
  };
  watch.listen(write);
  onLook(write);
  const title = document.querySelector("title");
  if (title) new MutationObserver(write).observe(title, { childList: true });
}
