/** A panel's notices, in a place of its header that is always there: nothing below moves for them. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Notice } from "../model/view_state";
import { ICONS } from "./Notices";
import { Icon } from "./icons";
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
    <li class={`jpp-notice jpp-told-${notice.level}`} title={`${notice.title} ${notice.text}`.trim()}>
      <Icon name={ICONS[notice.level]} />
      <span class="jpp-notice-words">
        <b>{notice.title}</b>
        {notice.text && ` · ${notice.text}`}
      </span>
      <button
        type="button"
        class="jpp-close"
        aria-label="Dismiss"
        onClick={dismiss}
        onKeyDown={({ key }) => key === "Escape" && dismiss()}
      >
        ×
      </button>
    </li>
  );
}

/**
 * One after the other, each for its time, also where something went wrong: what lasts of it (a failure,
 * a colour) stands in the panel. What concerns no run is told by one of the page's panels. All of it is
 * read out by the view's `Announcer`.
 */
export function HeaderNotice({ notices }: { notices: readonly Notice[] }): JSX.Element {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const self = useRef({});
  const isMine = ({ key, run_id: runId }: Notice): boolean => runId !== null || isMineToTell(key, self.current);
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
