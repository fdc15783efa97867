/** Where the status item stands: Lab's status bar, or, where there is none, the bar of Notebook's menus. */

import type { Application, Disposable, StatusBar, WidgetClass } from "./jupyterlab";

const ITEM_ID = "jupyter-progress:status";
const RANK = 5;
/** Right of Notebook's menus and left of its kernel's name. */
const MENU_RANK = 900;

export class StatusPlace {
  #item: Disposable | null = null;
  #isWanted: boolean;
  /** Fills the item's element; answers what ends that. Null until the layout is restored. */
  #fill: ((element: HTMLElement) => () => void) | null = null;

  constructor(
    private readonly shell: Application["shell"],
    private readonly bar: StatusBar | null,
    private readonly Widget: WidgetClass,
    isWanted: boolean,
  ) {
    this.#isWanted = isWanted;
  }

  fillBy(fill: (element: HTMLElement) => () => void): void {
    this.#fill = fill;
    this.#follow();
  }

  setWanted(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#follow();
  }

  #follow(): void {
    if (!this.#isWanted) {
      this.#item?.dispose();
      this.#item = null;
    } else if (this.#fill && !this.#item) {
      this.#item = this.#place(this.#fill);
    }
  }

  #place(fill: (element: HTMLElement) => () => void): Disposable {
    const widget = new this.Widget();
    widget.id = "jupyter-progress-status";
    widget.addClass("jpp-lab-status");
    const end = fill(widget.node);
    const registered = this.bar?.registerStatusItem(ITEM_ID, { item: widget, align: "left", rank: RANK });
    if (!this.bar) {
      widget.addClass("jpp-in-menu");
      this.shell.add(widget, "menu", { rank: MENU_RANK });
    }
    const dispose = (): void => {
      end();
      registered?.dispose();
      widget.dispose();
    };
    return { dispose };
  }
}
