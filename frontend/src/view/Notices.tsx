/** What a person is told once: it goes by itself, unless something went wrong. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Notice } from "../model/view_state";
import { NoticeCard } from "./NoticeCard";

const SHOWN_MS = 10_000;
const MOST_SHOWN = 4;

function Toast({ notice, dismiss }: { notice: Notice; dismiss: () => void }): JSX.Element {
  useEffect(() => {
    if (notice.level === "error") return;
    const timer = setTimeout(dismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice.key]);
  return (
    <NoticeCard notice={notice} dismiss={dismiss}>
      {notice.text && <span> {notice.text}</span>}
    </NoticeCard>
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
