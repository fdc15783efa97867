/**
 * What the scripts of this project share on one page, whichever of them came first.
 *
 * A page can hold the widget's module, the MIME renderer's and the page's own, each with its own copy
 * of the code. They meet here, so that a page has one socket, and a widget's model can tell its kernel
 * what is on the screen even where the MIME renderer shows it.
 */

import type { Notice } from "./model/view_state";
import { pageWide } from "./page_wide";

export interface ShownView {
  runId: string;
  connection: string;
  via: "socket" | "rest" | "comm" | "none";
  /** Whether Jupyter's renderer shows it, for which the output needs no widget. */
  isRendered?: boolean;
}

export interface Registry {
  /** The views that are on this page now. */
  views: Map<object, ShownView>;
  /** Called when a view came, went, or is fed another way. */
  watchers: Set<() => void>;
  /** The view's code by where it came from, loaded once for all widgets. */
  modules: Map<string, Promise<unknown>>;
  /** Connections to servers by base URL; what they hold is known to the code that made them. */
  feeds: Map<string, unknown>;
  /** Whether Jupyter's own notifications tell a notice, which no panel has to tell then. */
  isToldByJupyter?: (notice: Notice) => boolean;
}

// Another version's scripts do not read this one's: raise it when the shapes above change.
const VERSION = "1";

export function registry(): Registry {
  return pageWide(VERSION, () => ({ views: new Map(), watchers: new Set(), modules: new Map(), feeds: new Map() }));
}

export function setView(view: object, shown: ShownView | null): void {
  const { views, watchers } = registry();
  const known = views.get(view);
  if (known?.connection === shown?.connection && known?.via === shown?.via) return;
  if (shown) views.set(view, shown);
  else views.delete(view);
  for (const watcher of [...watchers]) watcher();
}
