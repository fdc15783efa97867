/**
 * The widget's own module, kept small because each saved notebook may carry it.
 *
 * It takes the view's code from the server's static route where this page has one, else from the
 * kernel over the comm, and tells the kernel once a second what is on the screen.
 */

import { registry } from "./registry";
import type { MountOptions, MountedPanel, OfferedData } from "./view";

interface WidgetModel {
  get(name: string): unknown;
  on(name: string, heard: (content: unknown) => void): void;
  off(name: string, heard: (content: unknown) => void): void;
  send(content: Record<string, unknown>): void;
}

interface ViewModule {
  mountPanel(element: HTMLElement, options: MountOptions): MountedPanel;
}

const BEAT_MS = 1000;
const PATIENCE_MS = 2000;
const OFFERED = ["snapshot", "log_id", "show", "size"].map((name) => `change:${name}`);

function staticUrl(): string | null {
  const config = document.getElementById("jupyter-config-data")?.textContent;
  try {
    const { baseUrl } = JSON.parse(config ?? "{}") as { baseUrl?: unknown };
    if (typeof baseUrl !== "string") return null;
    const base = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`, document.baseURI);
    // Code is taken from this page's own origin only.
    if (base.origin !== location.origin) return null;
    return new URL("jupyter-progress/static/view.js", base).href;
  } catch {
    return null; // no Jupyter page: the kernel has the code
  }
}

function bundleOverComm(model: WidgetModel): Promise<string> {
  return new Promise((resolve) => {
    const ask = (): void => model.send({ type: "want", what: "bundle" });
    const again = setInterval(ask, 5000);
    const heard = (content: unknown): void => {
      const said = content as { type?: unknown; js?: unknown } | null;
      if (said?.type !== "bundle" || typeof said.js !== "string") return;
      clearInterval(again);
      model.off("msg:custom", heard);
      resolve(said.js);
    };
    model.on("msg:custom", heard);
    ask();
  });
}

async function importText(code: string): Promise<unknown> {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function load(model: WidgetModel): Promise<unknown> {
  const url = staticUrl();
  if (url) {
    try {
      return await import(url);
    } catch (error) {
      console.debug("jupyter-progress: no view on this server, asking the kernel", error);
    }
  }
  return importText(await bundleOverComm(model));
}

/** The view's code, loaded once for all widgets of the page. */
function viewModule(model: WidgetModel): Promise<ViewModule> {
  const { modules } = registry();
  let loading = modules.get("view");
  if (!loading) {
    loading = load(model);
    modules.set("view", loading);
    loading.catch(() => modules.delete("view"));
  }
  return loading as Promise<ViewModule>;
}

/** The kernel hears of the views of its run, whichever code shows them. */
function beat(model: WidgetModel): void {
  const runId = String(model.get("run_id") ?? "");
  const views = [...registry().views.values()].filter((view) => view.runId === runId);
  const shown = views[0];
  model.send({
    type: "beat",
    connection: shown?.connection ?? "none",
    via: shown?.via ?? "none",
    views: views.length,
    rendered: views.some((view) => view.isRendered),
  });
}

function initialize({ model }: { model: WidgetModel }): () => void {
  const tell = (): void => beat(model);
  const timer = setInterval(tell, BEAT_MS);
  registry().watchers.add(tell);
  tell();
  return () => {
    clearInterval(timer);
    registry().watchers.delete(tell);
  };
}

function commOf(model: WidgetModel): NonNullable<MountOptions["comm"]> {
  return {
    send: (content) => model.send(content),
    listen: (heard) => {
      model.on("msg:custom", heard);
      return () => model.off("msg:custom", heard);
    },
  };
}

/** All that there is to see in a page that has neither the server nor a kernel. */
function known(model: WidgetModel): string {
  const run = model.get("snapshot") as { name?: unknown; status?: unknown; progress?: unknown } | null;
  return run ? `${run.name}: ${run.status}, ${Math.floor(Number(run.progress))} %` : "jupyter-progress";
}

/** The view's module; while it does not come, and if it never does, the cell says so. */
async function awaitView(model: WidgetModel, el: HTMLElement): Promise<ViewModule> {
  const patience = setTimeout(() => {
    el.textContent = `${known(model)}. The view comes as soon as the kernel is free to send it.`;
  }, PATIENCE_MS);
  try {
    return await viewModule(model);
  } catch (error) {
    el.textContent = `jupyter-progress: the view cannot be loaded (${String(error)}). Reload the page.`;
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

async function render({ model, el }: { model: WidgetModel; el: HTMLElement }): Promise<() => void> {
  const { mountPanel } = await awaitView(model, el);
  el.replaceChildren();
  const offered = (): OfferedData => ({
    snapshot: model.get("snapshot"),
    logId: model.get("log_id"),
    problem: model.get("problem"),
    show: model.get("show"),
    size: model.get("size"),
  });
  const panel = mountPanel(el, {
    kind: "widget",
    comm: commOf(model),
    runId: model.get("run_id"),
    ...offered(),
  });
  const offer = (): void => panel.offer(offered());
  for (const name of OFFERED) model.on(name, offer);
  return () => {
    for (const name of OFFERED) model.off(name, offer);
    panel();
  };
}

export default { initialize, render };
