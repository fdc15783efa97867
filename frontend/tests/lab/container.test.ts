import { beforeAll, describe, expect, it, vi } from "vitest";
import type { SharedScope } from "../../src/lab/shared";

interface Container {
  init(scope: SharedScope): void;
  get(module: string): Promise<() => { default: Record<string, unknown> }>;
}

class Widget {}
const giving = (value: unknown) => ({ "1.0.0": { get: async () => () => value } });
const LUMINO = { "@lumino/widgets": giving({ Widget }) };
const REQUIRED = { ...LUMINO, "@jupyterlab/apputils": giving({}), "@jupyterlab/ui-components": giving({}) };

let container: Container;
beforeAll(async () => {
  await import("../../src/lab/container");
  const page = globalThis as { _JUPYTERLAB?: Record<string, Container> };
  container = page._JUPYTERLAB!["jupyter-progress"]!;
});

describe("the container", () => {
  it("gives the renderer also where the page has nothing that the sidebar needs", async () => {
    container.init(LUMINO);
    await expect(container.get("./extension")).rejects.toThrow("shares no @jupyterlab/");
    const { default: renderer } = (await container.get("./mimeExtension"))();
    expect(renderer["id"]).toBe("jupyter-progress:renderer");
  });

  it("asks only for those of the page's parts that the page knows", async () => {
    const ILauncher = {};
    container.init({ ...REQUIRED, "@jupyterlab/launcher": giving({ ILauncher }) });
    const { default: plugin } = (await container.get("./extension"))();
    expect(plugin["id"]).toBe("jupyter-progress:plugin");
    expect(plugin["optional"]).toEqual([ILauncher]);
    expect(plugin["requires"]).toBeUndefined();
  });

  it("does not throw into the page where it cannot begin", async () => {
    container.init(REQUIRED);
    const { default: plugin } = (await container.get("./extension"))();
    const complained = vi.spyOn(console, "error").mockImplementation(() => undefined);
    // There is no document here: whatever it does first fails.
    expect(() => (plugin["activate"] as (app: unknown) => void)({})).not.toThrow();
    expect(complained).toHaveBeenCalledOnce();
    complained.mockRestore();
  });

  it("names a module that it has not", async () => {
    await expect(container.get("./style")).rejects.toThrow("jupyter-progress: no module ./style");
  });
});
