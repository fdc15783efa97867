/** What a person is told once: it goes by itself, unless something went wrong. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Notice, NoticeLevel } from "../model/view_state";
import { Icon, type IconName } from "./icons";

const SHOWN_MS = 10_000;
const MOST_SHOWN = 4;

export const ICONS: Record<NoticeLevel, IconName> = {
  info: "info",
  success: "check",
  warning: "warning",
  error: "cross",
};

function Toast({ notice, dismiss }: { notice: Notice; dismiss: () => void }): JSX.Element {
  useEffect(() => {
    if (notice.level === "error") return;
    const timer = setTimeout(dismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice.key]);
  return (
    <li class={`jpp-notice jpp-told-${notice.level}`}>
      <Icon name={ICONS[notice.level]} />
      <span class="jpp-notice-words">
        <b>{notice.title}</b>
        {notice.text && <span> {notice.text}</span>}
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

/** Read out by the view's `Announcer`. */
export function Notices({ notices }: { notices: readonly Notice[] }): JSX.Element {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const shown = notices.filter((notice) => !dismissed.has(notice.key)).slice(-MOST_SHOWN);
  return (
    <section aria-label="Notices">
      <ul class="jpp-notices">
        {shown.map((notice) => (
          <Toast
            key={notice.key}
            notice={notice}
            dismiss={() => setDismissed((known) => new Set(known).add(notice.key))}
          />
        ))}
      </ul>
    </section>
  );
}
