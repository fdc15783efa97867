/**
 * Whose turn it is to tell a notice, and how, among all the views of one browser that hear of it.
 *
 * Each view waits for as long as its turn says and then takes the notice, where nobody has it by then. So it is told
 * where a person looks; else by the browser, where that was asked for; else in what is seen of a window behind others;
 * else it waits until a view comes into sight.
 */

export interface Standing {
  /** Its window has the keyboard, and its tab is in front. */
  isLookedAt: boolean;
  /** Its tab is in front, maybe of a window behind others. */
  isVisible: boolean;
  /** Where on the page it would tell can be seen without scrolling. */
  isInSight: boolean;
  /** It has a place on the page to tell something. */
  canShow: boolean;
  /** The browser's own notifications are on. */
  canNotify: boolean;
}

export interface Turn {
  by: "page" | "browser";
  afterMs: number;
}

const AFTER_THOSE_IN_SIGHT_MS = 300;
/** Time enough for a page that is busy, or polls: better a notice a moment later than one beside what is looked at. */
const AFTER_THOSE_LOOKED_AT_MS = 1500;

/** Null: not as things stand; they may change. */
export function turnOf({ isLookedAt, isVisible, isInSight, canShow, canNotify }: Standing): Turn | null {
  if (isLookedAt) return canShow ? { by: "page", afterMs: isInSight ? 0 : AFTER_THOSE_IN_SIGHT_MS } : null;
  if (canNotify) return { by: "browser", afterMs: AFTER_THOSE_LOOKED_AT_MS };
  return isVisible && canShow ? { by: "page", afterMs: AFTER_THOSE_LOOKED_AT_MS } : null;
}
