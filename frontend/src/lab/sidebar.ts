/** The page's view at one side of Lab's window: where it stands, and bringing it into sight. */

import type { Place } from "../page/places";
import type { Application, Restorer } from "./jupyterlab";
import type { PageWidget } from "./page_widget";
import type { LabSettings } from "./settings";

export const SIDEBAR_ID = "jupyter-progress-sidebar";
const RANK = 900;
/** Narrower, its figures would not stand beside each other; Lab's own minimum is 250. */
const MIN_WIDTH = "300px";

export class Sidebar {
  constructor(
    private readonly shell: Application["shell"],
    readonly widget: PageWidget,
    icon: unknown,
  ) {
    widget.id = SIDEBAR_ID;
    widget.node.style.minWidth = MIN_WIDTH;
    widget.title.icon = icon;
    widget.title.caption = "Training runs";
  }

  begin(restorer: Restorer | null, side: LabSettings["side"]): void {
    this.#addTo(side);
    restorer?.add(this.widget, SIDEBAR_ID);
  }

  /** Move it to a side, open where it was open. */
  setSide(side: LabSettings["side"]): void {
    if ([...this.shell.widgets(side)].includes(this.widget)) return;
    const wasOpen = this.widget.isVisible;
    this.#addTo(side);
    if (wasOpen) this.shell.activateById(SIDEBAR_ID);
  }

  open(place?: Place): void {
    if (place) this.widget.places.go(place);
    this.shell.activateById(SIDEBAR_ID);
  }

  /** Lab's sides ask what stands in them; Notebook's do not, and would cut it off. */
  #addTo(side: LabSettings["side"]): void {
    const stack = (): HTMLElement | null => this.widget.node.closest("#jp-left-stack, #jp-right-stack");
    stack()?.style.removeProperty("min-width");
    this.shell.add(this.widget, side, { rank: RANK });
    stack()?.style.setProperty("min-width", MIN_WIDTH);
  }
}
