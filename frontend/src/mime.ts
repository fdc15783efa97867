/**
 * The prebuilt Jupyter extension: a renderer for the project's own MIME type.
 *
 * A module-federation container written by hand: Jupyter's page loads this script, calls `init` with
 * the modules that it shares, and takes the plugin from `get`. What stands in an output is written by
 * whoever wrote the notebook: it is read as data, and shown as text.
 */

import type { MountOptions, MountedPanel } from "./view";

declare const VIEW_MODULE: string;

const MIME_TYPE = "application/vnd.jupyter-progress+json";
const RANK = -11; // before the widget's renderer, whose rank is -10

interface SharedModule {
  get(): Promise<() => unknown>;
}
type SharedScope = Record<string, Record<string, SharedModule>>;

interface LuminoWidget {
  node: HTMLElement;
  isDisposed: boolean;
  addClass(name: string): void;
  dispose(): void;
}
type WidgetClass = new () => LuminoWidget;

interface MimeModel {
  data: Record<string, unknown>;
}

interface ViewModule {
  mountPanel(element: HTMLElement, options: MountOptions): MountedPanel;
}

let viewModule: Promise<ViewModule> | undefined;

function loadView(): Promise<ViewModule> {
  viewModule ??= import(VIEW_MODULE) as Promise<ViewModule>;
  return viewModule;
}

function optionsOf(model: MimeModel): MountOptions {
  const value = model.data[MIME_TYPE];
  const data = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return {
    kind: "mime",
    runId: data["run_id"],
    logId: data["log_id"],
    snapshot: data["snapshot"],
    activity: data["activity"],
    time: data["time"],
  };
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
      const { mountPanel } = await loadView();
      if (this.isDisposed) return;
      const options = optionsOf(model);
      if (this.#panel && options.runId === this.#runId) {
        this.#panel.offer(options);
        return;
      }
      this.#panel?.();
      this.#runId = options.runId;
      this.#panel = mountPanel(this.node, options);
    }

    override dispose(): void {
      this.#panel?.();
      this.#panel = null;
      super.dispose();
    }
  };
}

function plugin(Widget: WidgetClass): unknown {
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

let scope: SharedScope = {};

async function sharedWidget(): Promise<WidgetClass> {
  const [lumino] = Object.values(scope["@lumino/widgets"] ?? {});
  if (!lumino) throw new Error("jupyter-progress: this page shares no @lumino/widgets");
  const factory = await lumino.get();
  return (factory() as { Widget: WidgetClass }).Widget;
}

async function get(module: string): Promise<() => unknown> {
  if (module !== "./mimeExtension") throw new Error(`jupyter-progress: no module ${module}`);
  const Widget = await sharedWidget();
  return () => ({ __esModule: true, default: plugin(Widget) });
}

const page = globalThis as { _JUPYTERLAB?: Record<string, unknown> };
page._JUPYTERLAB ??= {};
page._JUPYTERLAB["jupyter-progress"] = {
  init: (shared: SharedScope) => {
    scope = shared;
  },
  get,
};
