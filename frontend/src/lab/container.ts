/**
 * The prebuilt Jupyter extension: a module-federation container written by hand.
 *
 * Jupyter's page loads this script, calls `init` with the modules that it shares, and takes each of the two
 * plugins from `get`. They are apart: where the sidebar cannot be had, outputs are rendered all the same.
 */

import type { WidgetClass } from "./jupyterlab";
import { sharedModule, type SharedScope } from "./shared";

let scope: SharedScope = {};

const MODULES: Record<string, () => Promise<unknown>> = {
  "./mimeExtension": async () => {
    const [{ rendererPlugin }, lumino] = await Promise.all([
      import("../mime"),
      sharedModule<{ Widget: WidgetClass }>(scope, "@lumino/widgets"),
    ]);
    return rendererPlugin(lumino);
  },
  "./extension": async () => (await import("./plugin")).labPlugin(scope),
};

async function get(module: string): Promise<() => unknown> {
  const make = Object.hasOwn(MODULES, module) ? MODULES[module] : undefined;
  if (!make) throw new Error(`jupyter-progress: no module ${module}`);
  const plugin = await make();
  return () => ({ __esModule: true, default: plugin });
}

const page = globalThis as { _JUPYTERLAB?: Record<string, unknown> };
page._JUPYTERLAB ??= {};
page._JUPYTERLAB["jupyter-progress"] = {
  init: (shared: SharedScope) => {
    scope = shared;
  },
  get,
};
