/** The title of the page's tab: what goes on, and what happened while nobody looked. */

import { percent } from "./guessed";
import { goingOn } from "./order";
import type { Notice, NoticeLevel } from "./view_state";
import type { RunState } from "./wire";

export const NOTHING_GOES_ON = "Training runs";

const MARKS: Record<NoticeLevel, string> = { success: "✓", error: "✗", warning: "!", info: "·" };
const WEIGHT: Record<NoticeLevel, number> = { info: 0, success: 1, warning: 2, error: 3 };

export interface Tab {
  runs: Iterable<RunState>;
  isFresh: boolean;
  /** What came since the tab was looked at, oldest first. */
  unseen: readonly Notice[];
  /** Where a run's bar stands. */
  shown(run: RunState): number;
}

export function tabTitle({ runs, isFresh, unseen, shown }: Tab): string {
  const mark = noticeMark(unseen);
  if (mark !== null) return mark;
  const [first, ...others] = goingOn(runs);
  if (!first) return isFresh ? NOTHING_GOES_ON : `Offline · ${NOTHING_GOES_ON}`;
  const name = `${first.name || first.run_id}${others.length ? ` +${others.length}` : ""}`;
  // A figure of some time ago would be taken for that of now.
  if (!isFresh) return `Offline · ${name}`;
  if (first.status === "queued") return `Queued · ${name}`;
  const far = `${percent(first, shown(first))} ${name}`;
  return first.stalled ? `! stalled · ${far}` : far;
}

/** The gravest of what came, and how much did; null: nothing. */
export function noticeMark(unseen: readonly Notice[]): string | null {
  const notice = gravest(unseen);
  if (!notice) return null;
  const more = unseen.length > 1 ? `(${unseen.length}) ` : "";
  return `${more}${MARKS[notice.level]} ${notice.title}`;
}

/** The newest of the gravest. */
function gravest(notices: readonly Notice[]): Notice | null {
  return notices.reduce<Notice | null>(
    (worst, notice) => (worst && WEIGHT[worst.level] > WEIGHT[notice.level] ? worst : notice),
    null,
  );
}
