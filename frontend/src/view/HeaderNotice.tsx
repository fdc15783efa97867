/** A panel's notices, in a place of its header that is always there: nothing below moves for them. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Notice } from "../model/view_state";
import { registry } from "../registry";
import { NoticeCard } from "./NoticeCard";
import { isMineToTell } from "./told_once";

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

/**
 * One after the other, each for its time, also where something went wrong: what lasts of it (a failure,
 * a colour) stands in the panel. Each is told by one of the page's panels, and by none where Jupyter's own
 * notifications tell it. All of it is read out by the view's `Announcer`.
 */
export function HeaderNotice({ notices }: { notices: readonly Notice[] }): JSX.Element {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const self = useRef({});
  const isMine = (notice: Notice): boolean =>
    !registry().isToldByJupyter?.(notice) && isMineToTell(notice.key, self.current);
  const [first, ...next] = notices.filter((notice) => !dismissed.has(notice.key) && isMine(notice));
  return (
    <ul class="jpp-notices" aria-label="Notices">
      {first && (
        <One
          key={first.key}
          notice={first}
          hasNext={next.length > 0}
          dismiss={() => setDismissed((known) => new Set(known).add(first.key))}
        />
      )}
    </ul>
  );
}
