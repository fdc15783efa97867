/** A panel's notices, in a place of its header that is always there: nothing below moves for them. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Notice } from "../model/view_state";
import { NoticeCard } from "./NoticeCard";

const SHOWN_MS = 10_000;
/** While another waits to be told. */
const SHOWN_BEFORE_NEXT_MS = 3000;

interface OneProps {
  notice: Notice;
  hasNext: boolean;
  dismiss: () => void;
}

function One({ notice, hasNext, dismiss }: OneProps): JSX.Element {
  useEffect(() => {
    const timer = setTimeout(dismiss, hasNext ? SHOWN_BEFORE_NEXT_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice.key, hasNext]);
  return (
    <NoticeCard notice={notice} title={`${notice.title} ${notice.text}`.trim()} dismiss={dismiss}>
      {notice.text && ` · ${notice.text}`}
    </NoticeCard>
  );
}

interface HeaderNoticeProps {
  notices: readonly Notice[];
  dismiss: (notice: Notice) => void;
}

/**
 * One after the other, each for its time, also where something went wrong: what lasts of it (a failure,
 * a colour) stands in the panel. All of it is read out by the view's `Announcer`.
 */
export function HeaderNotice({ notices: [first, ...next], dismiss }: HeaderNoticeProps): JSX.Element {
  return (
    <ul class="jpp-notices" aria-label="Notices">
      {first && <One key={first.key} notice={first} hasNext={next.length > 0} dismiss={() => dismiss(first)} />}
    </ul>
  );
}
