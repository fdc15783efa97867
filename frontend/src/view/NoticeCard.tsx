/** A notice with its mark, its words, and the way to be rid of it. */

import type { ComponentChildren, JSX } from "preact";
import type { Notice, NoticeLevel } from "../model/view_state";
import { Icon, type IconName } from "./icons";

const ICONS: Record<NoticeLevel, IconName> = {
  info: "info",
  success: "check",
  warning: "warning",
  error: "cross",
};

interface NoticeCardProps {
  notice: Notice;
  title?: string;
  dismiss: () => void;
  /** What follows its title. */
  children: ComponentChildren;
}

export function NoticeCard({ notice, title, dismiss, children }: NoticeCardProps): JSX.Element {
  return (
    <li class={`jpp-notice jpp-told-${notice.level}`} title={title}>
      <Icon name={ICONS[notice.level]} />
      <span class="jpp-notice-words">
        <b>{notice.title}</b>
        {children}
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
