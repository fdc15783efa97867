/** A run's status and a view's connection, as words beside a mark. */

import type { JSX } from "preact";
import { ago } from "../model/format";
import type { RunStatus } from "../model/wire";
import type { Feeding, ShownConnection } from "../transport/panel_feed";
import { now } from "./clock";
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

export function StatusMark({ status }: { status: RunStatus }): JSX.Element {
  const { icon, words } = STATUS[status];
  return (
    <span class={`jpp-status jpp-status-${status}`}>
      <Icon name={icon} />
      <span class="jpp-status-words">{words}</span>
    </span>
  );
}

export function StatusIcon({ status }: { status: RunStatus }): JSX.Element {
  const { icon, words } = STATUS[status];
  return (
    <span class={`jpp-status jpp-status-${status}`}>
      <Icon name={icon} label={words} />
    </span>
  );
}

const CONNECTION: Record<ShownConnection, { words: string; means: string }> = {
  live: { words: "Live", means: "Every event arrives as it happens." },
  polling: { words: "Polling", means: "The socket is down; the server is asked once a second." },
  local: { words: "Local", means: "Live from this kernel, without a server." },
  connecting: { words: "Connecting", means: "Looking for the server." },
  offline: { words: "Offline", means: "Nothing is heard; what is shown may have changed since." },
  denied: { words: "Denied", means: "The server refuses this page: log in again." },
  absent: {
    words: "Offline",
    means: "The server does not run jupyter-progress; what is shown was saved earlier.",
  },
};

export function isFresh(connection: ShownConnection): boolean {
  return connection === "live" || connection === "polling" || connection === "local";
}

/** Which connection the view is on; when it is on none, how old what it shows is. */
export function ConnectionMark({ feeding }: { feeding: Feeding }): JSX.Element {
  const { words, means } = CONNECTION[feeding.connection];
  const isAged = !isFresh(feeding.connection) && feeding.connection !== "connecting";
  const age = isAged && Number.isFinite(feeding.heardAt) ? (now.value - feeding.heardAt) / 1000 : null;
  const via = feeding.via === "comm" ? " Through the kernel." : "";
  return (
    <span
      class={`jpp-connection jpp-connection-${feeding.connection}`}
      data-connection={feeding.connection}
      data-via={feeding.via}
      title={means + via}
    >
      <span class="jpp-dot" aria-hidden="true" />
      {words}
      {age !== null && <span class="jpp-age"> · last update {ago(age)}</span>}
    </span>
  );
}
