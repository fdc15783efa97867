/** The page's view as a widget of Lab: its code comes when it is shown for the first time, and not before. */

import { placeOf } from "../page/places";
import { RememberedPlace } from "../page/place_store";
import type { LuminoWidget, WidgetClass } from "./jupyterlab";
import type { MountedPage } from "./page_view";
import type { Watch } from "./watch";

export interface PageWidget extends LuminoWidget {
  readonly places: RememberedPlace;
  /** Go to the place of a hash. */
  goTo(hash: string): void;
}

export interface PageParts {
  pageUrl: string;
  watch(): Promise<Watch>;
  view(): Promise<typeof import("./page_view")>;
  openSettings: (() => void) | null;
}

export type PageWidgetClass = new (hash?: string) => PageWidget;

/** A button in words, for what could not be loaded. */
function retry(words: string, again: () => void): HTMLElement[] {
  const said = document.createElement("p");
  said.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jp-Button jp-mod-styled";
  button.textContent = "Try again";
  button.addEventListener("click", again);
  return [said, button];
}

export function pageWidgetClass(Widget: WidgetClass, parts: PageParts): PageWidgetClass {
  return class TrainingRuns extends Widget implements PageWidget {
    readonly places: RememberedPlace;
    #page: MountedPage | null = null;
    #isLoading = false;

    constructor(hash = "") {
      super();
      this.places = new RememberedPlace(parts.pageUrl, placeOf(hash));
      this.addClass("jpp-lab-page");
      this.node.tabIndex = -1;
      this.node.setAttribute("role", "region");
      this.node.setAttribute("aria-label", "Training runs");
    }

    goTo(hash: string): void {
      this.places.go(placeOf(hash));
    }

    onAfterAttach(): void {
      this.#follow();
    }

    onAfterShow(): void {
      this.#follow();
    }

    onAfterHide(): void {
      this.#page?.setSeen(false);
    }

    onActivateRequest(): void {
      this.node.focus();
    }

    #follow(): void {
      if (!this.isVisible) return;
      if (this.#page) this.#page.setSeen(true);
      else if (!this.#isLoading) void this.#load();
    }

    async #load(): Promise<void> {
      this.#isLoading = true;
      this.node.textContent = "Loading…";
      try {
        const [{ mountPage }, watch] = await Promise.all([parts.view(), parts.watch()]);
        if (this.isDisposed) return;
        this.node.replaceChildren();
        this.#page = mountPage(this.node, watch, this.places, parts.openSettings);
        this.#page.setSeen(this.isVisible);
      } catch (error) {
        console.error("jupyter-progress: the training runs cannot be shown", error);
        const said = error instanceof Error ? error.message : String(error);
        const words = `The training runs cannot be shown (${said.slice(0, 300)}).`;
        this.node.replaceChildren(...retry(words, () => void this.#load()));
      } finally {
        this.#isLoading = false;
      }
    }

    override dispose(): void {
      this.#page?.unmount();
      this.#page = null;
      super.dispose();
    }
  };
}
