/**
 * The renderer for the project's own MIME type, which Jupyter's page takes from the prebuilt extension.
 *
 * What stands in an output is written by whoever wrote the notebook: it is read as data, and shown as text.
 */

import type { WidgetClass } from "./lab/jupyterlab";
import { readOutput } from "./model/output";
import type { MountOptions, MountedPanel } from "./view";

declare const VIEW_MODULE: string;

const MIME_TYPE = "application/vnd.jupyter-progress+json";
const RANK = -11; // before the widget's renderer, whose rank is -10

interface MimeModel {
  data: Record<string, unknown>;
}

interface ViewModule {
  mountPanel(element: HTMLElement, options: MountOptions): MountedPanel;
}

let viewModule: Promise<ViewModule> | undefined;

function loadView(): Promise<ViewModule> {
  if (!viewModule) {
    viewModule = import(VIEW_MODULE) as Promise<ViewModule>;
    viewModule.catch(() => (viewModule = undefined)); // the next output tries again
  }
  return viewModule;
}

function rendererClass(Widget: WidgetClass): WidgetClass {
  return class ProgressRenderer extends Widget {
    #panel: MountedPanel | null = null;
    #runId: unknown;

    constructor() {
      super();
      this.addClass("jp-RenderedJupyterProgress");
    }

    async renderModel(model: MimeModel): Promise<void> {
      const output = readOutput(model.data[MIME_TYPE]);
      if (typeof output === "string") return this.#say(output);
      try {
        const { mountPanel } = await loadView();
        if (!this.isDisposed) this.#show(mountPanel, { kind: "mime", ...output });
      } catch (error) {
        console.error("jupyter-progress: an output cannot be shown", error);
        const said = error instanceof Error ? error.message : String(error);
        this.#say(`This run cannot be shown (${said.slice(0, 300)}). Reload the page to try again.`);
      }
    }

    #show(mountPanel: ViewModule["mountPanel"], options: MountOptions): void {
      if (this.#panel && options.runId === this.#runId) return this.#panel.offer(options);
      this.#unmount();
      this.node.replaceChildren();
      this.#runId = options.runId;
      this.#panel = mountPanel(this.node, options);
    }

    /** A line of words in place of the panel. */
    #say(words: string): void {
      this.#unmount();
      this.node.textContent = words;
    }

    #unmount(): void {
      this.#panel?.();
      this.#panel = null;
    }

    override dispose(): void {
      this.#unmount();
      super.dispose();
    }
  };
}

export function rendererPlugin({ Widget }: { Widget: WidgetClass }): unknown {
  const Renderer = rendererClass(Widget);
  return {
    id: "jupyter-progress:renderer",
    description: "Shows training runs live, straight from the server.",
    rank: RANK,
    dataType: "json",
    rendererFactory: {
      safe: true,
      mimeTypes: [MIME_TYPE],
      createRenderer: () => new Renderer(),
    },
  };
}
