/** A run's status and a view's connection, as words beside a mark. */

import type { JSX } from "preact";
import { ago } from "../model/format";
import { hasEnded } from "../model/transitions";
import type { RunStatus } from "../model/wire";
import { ageToShow, type Feeding, type ShownConnection } from "../transport/panel_feed";
import { now } from "./clock";
import { useFreshness } from "./freshness";
import { Icon, type IconName } from "./icons";

const STATUS: Record<RunStatus, { icon: IconName; words: string }> = {
  queued: { icon: "ring", words: "Queued" },
  running: { icon: "spinner", words: "Running" },
  stopping: { icon: "spinner", words: "Stopping" },
  completed: { icon: "check", words: "Completed" },
  failed: { icon: "cross", words: "Failed" },
  cancelled: { icon: "stop", words: "Cancelled" },
  interrupted: { icon: "pause", words: "Interrupted" },
};

/** A status that may have changed since says so: its word and its mark are those of some time ago. */
function useStatus(status: RunStatus): { icon: IconName; words: string } {
  const { icon, words } = STATUS[status];
  const isOld = !useFreshness() && !hasEnded(status);
  return isOld ? { icon: "unknown", words: `Was ${words.toLowerCase()}` } : { icon, words };
}

export function StatusMark({ status }: { status: RunStatus }): JSX.Element {
  const { icon, words } = useStatus(status);
  return (
    <span class={`jpp-status jpp-status-${status}`}>
      <Icon name={icon} />
      <span class="jpp-status-words">{words}</span>
    </span>
  );
}

export function StatusIcon({ status }: { status: RunStatus }): JSX.Element {
  const { icon, words } = useStatus(status);
  return (
    <span class={`jpp-status jpp-status-${status}`}>
      <Icon name={icon} label={words} />
    </span>
  );
}

const MOST_TAGS = 12;

export function Tags({ tags }: { tags: readonly string[] }): JSX.Element {
  const more = tags.length - MOST_TAGS;
  return (
    <>
      {tags.slice(0, MOST_TAGS).map((tag) => (
        <span class="jpp-tag" key={tag} title={tag}>
          {tag}
        </span>
      ))}
      {more > 0 && <span class="jpp-tag">{more} more</span>}
    </>
  );
}

interface ConnectionWords {
  words: string;
  means: string;
  /** Why nothing can be asked for on this connection. */
  whyNot: string | null;
}

const CONNECTION: Record<ShownConnection, ConnectionWords> = {
  live: { words: "Live", means: "Every event arrives as it happens.", whyNot: null },
  polling: {
    words: "Polling",
    means: "The socket is down; the server is asked once a second.",
    whyNot: null,
  },
  local: { words: "Local", means: "Live from this kernel, without a server.", whyNot: null },
  connecting: {
    words: "Connecting",
    means: "Looking for the server.",
    whyNot: "The server has not answered yet; this works once it does.",
  },
  offline: {
    words: "Offline",
    means: "Nothing is heard; what is shown may have changed since.",
    whyNot: "The server does not answer; this works again once it does.",
  },
  denied: {
    words: "Denied",
    means: "The server refuses this page: log in again.",
    whyNot: "The server refuses this page; log in again, then reload.",
  },
  absent: {
    words: "Offline",
    means: "The server of this page does not run jupyter-progress.",
    whyNot: "The server of this page does not run jupyter-progress; nothing can be asked of it.",
  },
};

/** Why nothing can be asked for now; null: it can. */
export function whyNotNow({ connection }: Feeding): string | null {
  return CONNECTION[connection].whyNot;
}

export function isFresh(connection: ShownConnection): boolean {
  return connection === "live" || connection === "polling" || connection === "local";
}

/** Which connection the view is on, and how old what it shows is wherever that is not a matter of course. */
export function ConnectionMark({ feeding }: { feeding: Feeding }): JSX.Element {
  const { words, means } = CONNECTION[feeding.connection];
  const age = ageToShow(feeding, now.value);
  const via = feeding.via === "comm" ? " Through the kernel." : "";
  return (
    <span
      class={`jpp-connection jpp-connection-${feeding.connection}`}
      data-connection={feeding.connection}
      data-via={feeding.via}
      title={means + via}
    >
      <span class="jpp-dot" aria-hidden="true" />
      <span>
        {words}
        {age !== null && (
          <span class="jpp-age">
            {" · "}
            <span class="jpp-age-lead">last update </span>
            {ago(age / 1000)}
          </span>
        )}
      </span>
    </span>
  );
}
