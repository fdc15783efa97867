/** Which notices came while nobody looked at this tab of the browser. */

import type { Notice } from "../model/view_state";

export class Unseen {
  #seen: ReadonlySet<string> = new Set();

  /** Those among all that are known by now; while somebody looks, none. */
  among(notices: readonly Notice[]): Notice[] {
    if (isLookedAt()) this.#seen = new Set(notices.map(({ key }) => key));
    return notices.filter(({ key }) => !this.#seen.has(key));
  }
}

/** Have it called when somebody may have come to this tab, or left it. */
export function onLook(heard: () => void): void {
  document.addEventListener("visibilitychange", heard);
  window.addEventListener("focus", heard);
}

function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
