/** The browser's own notices, where a person asked for them. */

import type { Notice } from "./model/view_state";
import { store, stored } from "./stored";

export type Permission =
  /** This browser has none. */
  | "unsupported"
  /** Only over https, or on the machine itself. */
  | "insecure"
  /** Refused, in the browser's settings. */
  | "blocked"
  | "off"
  | "on";

const WANTED = "jupyter-progress/notify";

export function permission(): Permission {
  if (!window.isSecureContext) return "insecure";
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && stored(WANTED) === "yes" ? "on" : "off";
}

/** Ask the browser; only ever called for a click. */
export async function turnOn(): Promise<Permission> {
  if (permission() === "off" && (await Notification.requestPermission()) === "granted") store(WANTED, "yes");
  return permission();
}

export function turnOff(): Permission {
  store(WANTED, "no");
  return permission();
}

/** Hear of a change that another tab made. */
export function onPermissionChange(heard: () => void): () => void {
  const onStorage = ({ key }: StorageEvent): void => {
    if (key === WANTED) heard();
  };
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}

/** Show a notice; the function that is returned takes it back. */
export function notify(notice: Notice, open: (notice: Notice) => void): () => void {
  // With its tag, a browser without storage too shows one for several tabs.
  const shown = new Notification(notice.title, { body: notice.text, tag: notice.key });
  shown.onclick = () => {
    window.focus();
    open(notice);
    shown.close();
  };
  return () => shown.close();
}
