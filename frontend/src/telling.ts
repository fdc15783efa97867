/**
 * Telling what a person is told once: by one of all the browser's views, in one way.
 *
 * Every view hears of everything and waits its turn (`model/turns.ts`); the first that takes a notice
 * (`claiming.ts`) tells it on its page, or has the browser tell it.
 */

import { notify, permission } from "./browser_notices";
import { claim } from "./claiming";
import { turnOf, type Standing } from "./model/turns";
import type { Notice, ViewState } from "./model/view_state";

interface Feed {
  readonly state: ViewState;
  listen(listener: () => void): () => void;
}

export interface Teller {
  /** Whether it is for this view to tell, by now. */
  tells(notice: Notice): boolean;
  /** Show it on the page; the function that is returned takes it back. Null: there is no place for it. */
  show: ((notice: Notice) => () => void) | null;
  isInSight(): boolean;
  /** Go to what it is about, from a notice of the browser's. */
  open(notice: Notice): void;
}

/** Tell what a feed brings from now on, until the returned function is called. */
export function tellNotices(feed: Feed, teller: Teller): () => void {
  let heard = keysOf(feed.state.notices);
  let waiting: Notice[] = [];
  let hasEnded = false;
  const shown = new Map<string, () => void>();

  const turn = (): ReturnType<typeof turnOf> => turnOf(standingOf(teller));
  const isDue = (notice: Notice): boolean =>
    !hasEnded && feed.state.notices.some(({ key }) => key === notice.key) && teller.tells(notice);

  const offer = async (notice: Notice): Promise<void> => {
    const mine = turn();
    if (!mine) return void waiting.push(notice);
    if (mine.afterMs) await new Promise((resolve) => setTimeout(resolve, mine.afterMs));
    if (!isDue(notice)) return;
    // Somebody came to look, or went, in the meantime.
    if (turn()?.by !== mine.by) return offer(notice);
    if (!(await claim(notice.key))) return;
    const show = mine.by === "page" ? teller.show! : (told: Notice) => notify(told, teller.open);
    shown.set(notice.key, show(notice));
  };
  const look = (): void => {
    for (const notice of waiting.splice(0)) if (isDue(notice)) void offer(notice);
  };
  const onFeed = (): void => {
    const { notices } = feed.state;
    const fresh = notices.filter(({ key }) => !heard.has(key));
    if (!fresh.length) return;
    heard = keysOf(notices);
    waiting = waiting.filter(isDue);
    // Of one topic the newest stands, whoever tells it.
    for (const [key, takeBack] of shown) {
      if (heard.has(key)) continue;
      shown.delete(key);
      takeBack();
    }
    for (const notice of fresh.filter(teller.tells)) void offer(notice);
  };

  const unlisten = feed.listen(onFeed);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  return () => {
    hasEnded = true;
    unlisten();
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("focus", look);
  };
}

function keysOf(notices: readonly Notice[]): Set<string> {
  return new Set(notices.map(({ key }) => key));
}

function standingOf({ show, isInSight }: Teller): Standing {
  const isVisible = document.visibilityState === "visible";
  return {
    isVisible,
    isLookedAt: isVisible && document.hasFocus(),
    isInSight: isInSight(),
    canShow: show !== null,
    canNotify: permission() === "on",
  };
}
