/**
 * Telling each notice as Jupyter's own notification: once, however many of the browser's tabs hold a Lab.
 *
 * A tab that nobody looks at keeps what it hears; the first that is looked at takes it on, and tells it.
 */

import { claim, tellBrowser } from "../browser_notices";
import type { Notice } from "../model/view_state";
import { registry } from "../registry";
import type { Notifying } from "./jupyterlab";
import { kindOf, notificationOf } from "./notification";
import type { LabSettings } from "./settings";
import type { Watch } from "./watch";

/** Which notices a Lab has told; the browser's own are on a list of theirs. */
const CLAIMS = "jupyter-progress/told-in-lab";
/** So long the window that has the keyboard has to take a notice, before one that is merely in sight. */
const AFTER_OTHERS_MS = 400;

interface TellingParts {
  watch: Watch;
  notifying: Notifying;
  settings(): LabSettings;
  open(notice: Notice): void;
}

export function tellNotices({ watch, notifying, settings, open }: TellingParts): void {
  const isWanted = (notice: Notice): boolean => settings().tells[kindOf(notice)];
  // Where the server's part is missing a Lab hears of nothing, and a panel's kernel may.
  registry().isToldByJupyter = (notice) => !watch.isAbsent && isWanted(notice);
  const tell = teller(notifying, open);
  let heard = new Set<string>();
  let waiting: Notice[] = [];
  const tellWaiting = (): void => {
    if (document.visibilityState !== "visible") return;
    for (const notice of waiting.splice(0)) void tell(notice);
  };
  document.addEventListener("visibilitychange", tellWaiting);
  watch.listen(() => {
    const { notices } = watch.view.state;
    const fresh = notices.filter(({ key }) => !heard.has(key));
    heard = new Set(notices.map(({ key }) => key));
    const isReplaced = ({ topic }: Notice): boolean => fresh.some((newer) => newer.topic === topic);
    waiting = [...waiting.filter((notice) => !isReplaced(notice)), ...fresh.filter(isWanted)];
    tellWaiting();
  });
  const toBrowser = (): void => void tellBrowser(watch.newFeed(), isWanted, open);
  watch.onConnect(toBrowser);
  toBrowser();
}

/** Tells a notice that no other tab has told; of one topic, the newest stands. */
function teller(notifying: Notifying, open: (notice: Notice) => void): (notice: Notice) => Promise<void> {
  const standing = new Map<string, string>();
  return async (notice) => {
    if (!document.hasFocus()) await new Promise((resolve) => setTimeout(resolve, AFTER_OTHERS_MS));
    if (!(await claim(notice.key, CLAIMS))) return;
    const before = standing.get(notice.topic);
    if (before !== undefined) notifying.dismiss(before);
    const { words, kind, autoClose } = notificationOf(notice);
    const actions = [{ label: "Open", callback: () => open(notice) }];
    standing.set(notice.topic, notifying.emit(words, kind, { autoClose, actions }));
  };
}
