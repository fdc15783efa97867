/** What a person is told once, where the page is the one to tell it: it goes by itself, unless something went wrong. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Notice } from "../model/view_state";
import type { PanelFeed } from "../transport/panel_feed";
import { NoticeCard } from "./NoticeCard";
import { useTelling } from "./use_telling";

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

interface NoticesProps {
  feed: PanelFeed;
  open: (notice: Notice) => void;
}

/** Read out by the view's `Announcer`. */
export function Notices({ feed, open }: NoticesProps): JSX.Element {
  const { notices, dismiss, place } = useTelling(feed, { open });
  return (
    <section aria-label="Notices" ref={place}>
      <ul class="jpp-notices">
        {notices.slice(-MOST_SHOWN).map((notice) => (
          <Toast key={notice.key} notice={notice} dismiss={() => dismiss(notice)} />
        ))}
      </ul>
    </section>
  );
}
