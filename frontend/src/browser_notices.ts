/**
 * The browser's own notices: where a person asked for them, and once for each cause.
 *
 * Every tab and panel of the browser hears of everything. They agree under a lock (Web Locks) on a list
 * (localStorage) who tells; one that is being looked at takes it first, and tells it in the page only.
 */

import { claimed, readClaims } from "./model/claims";
import type { Notice } from "./model/view_state";
import type { PanelFeed } from "./transport/panel_feed";

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
const CLAIMS = "jupyter-progress/told";
/** Until what was written into storage is known to all tabs. */
const KEY_KEPT_MS = 60_000;
/** So long the tab that is looked at has to take a notice. */
const AFTER_OTHERS_MS = 400;

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is refused: each tab for itself
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
}

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

/** Take a notice on, on one of the lists; false where another tab has it. */
export async function claim(key: string, list = CLAIMS): Promise<boolean> {
  const take = (): boolean => {
    const claims = claimed(readClaims(stored(list)), key);
    if (claims) store(list, JSON.stringify(claims));
    return claims !== null;
  };
  if (!navigator.locks) return take();
  return (await hasKey(`${list} ${key}`)) && navigator.locks.request(list, take);
}

/**
 * Whether a notice's own lock is free, which is kept then for a while. The list alone is not enough: what one
 * tab writes into storage, another may read only a moment later, lock or not.
 */
function hasKey(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const keep = (lock: Lock | null): Promise<void> | void => {
      resolve(lock !== null);
      if (lock) return new Promise((release) => setTimeout(release, KEY_KEPT_MS));
    };
    navigator.locks.request(name, { ifAvailable: true }, keep).catch(() => resolve(true));
  });
}

function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

async function tell(notice: Notice, open: (notice: Notice) => void): Promise<void> {
  if (isLookedAt()) {
    await claim(notice.key); // it stands in the page
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, AFTER_OTHERS_MS));
  if (permission() !== "on" || !(await claim(notice.key))) return;
  // With its tag, a browser without storage too shows one for several tabs.
  const shown = new Notification(notice.title, { body: notice.text, tag: notice.key });
  shown.onclick = () => {
    window.focus();
    open(notice);
    shown.close();
  };
}

/** Show the notices of a feed from now on, where that is wanted by then. */
export function tellBrowser(
  feed: PanelFeed,
  isTold: (notice: Notice) => boolean,
  open: (notice: Notice) => void,
): () => void {
  let known = new Set(feed.state.notices.map(({ key }) => key));
  return feed.listen(() => {
    const { notices } = feed.state;
    const fresh = notices.filter(({ key }) => !known.has(key));
    if (!fresh.length) return;
    known = new Set(notices.map(({ key }) => key));
    if (permission() !== "on") return;
    for (const notice of fresh.filter(isTold)) void tell(notice, open);
  });
}
