/** The page's view as a tab of the main area, as many as a person opens; they come back with the layout. */

import { hashOf } from "../page/places";
import type { Application, AppUtils, LuminoWidget, Restorer, Tracker } from "./jupyterlab";
import type { PageWidget, PageWidgetClass } from "./page_widget";

const NAMESPACE = "jupyter-progress";

export class Tabs {
  #tracker: Tracker;
  #opened = 0;
  #contents = new WeakMap<LuminoWidget, PageWidget>();

  constructor(
    private readonly shell: Application["shell"],
    private readonly PageWidget: PageWidgetClass,
    private readonly apputils: Pick<AppUtils, "MainAreaWidget" | "WidgetTracker">,
    private readonly icon: unknown,
  ) {
    this.#tracker = new apputils.WidgetTracker({ namespace: NAMESPACE });
  }

  /** Which command makes one anew, and with what. */
  restoreBy(restorer: Restorer, command: string): void {
    void restorer.restore(this.#tracker, {
      command,
      args: (tab) => ({ place: this.#hashOf(tab), isNew: true }),
      name: (tab) => tab.id,
    });
  }

  /** Show a place in a tab: the one that is open, or a new one. */
  async open(hash: string | null, isNew: boolean): Promise<void> {
    const open = isNew ? undefined : this.#tracker.find(() => true);
    const tab = open ?? this.#make(hash ?? "");
    if (open && hash !== null) this.#contents.get(open)?.goTo(hash);
    if (!tab.isAttached) this.shell.add(tab, "main");
    if (!open) await this.#tracker.add(tab);
    this.shell.activateById(tab.id);
  }

  #make(hash: string): LuminoWidget {
    const content = new this.PageWidget(hash);
    const tab = new this.apputils.MainAreaWidget({ content });
    this.#contents.set(tab, content);
    this.#opened += 1;
    tab.id = `${NAMESPACE}-tab-${this.#opened}`;
    tab.toolbar.hide(); // nothing stands in it
    tab.title.label = "Training Runs";
    tab.title.icon = this.icon;
    tab.title.closable = true;
    content.places.listen(() => void this.#tracker.save(tab));
    return tab;
  }

  #hashOf(tab: LuminoWidget): string {
    const content = this.#contents.get(tab);
    return content ? hashOf(content.places.place) : "";
  }
}
