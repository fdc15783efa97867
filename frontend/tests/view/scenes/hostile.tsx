/** Outputs that nobody should have written, shown by the renderer as JupyterLab runs it. */

import "../../../src/lab/container";
import { answer, pass, RUN_ID, stateOf } from "./scene";

class Widget {
  node = document.createElement("div");
  isDisposed = false;
  addClass(name: string): void {
    this.node.classList.add(name);
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

interface Renderer extends Widget {
  renderModel(model: { data: Record<string, unknown> }): Promise<void>;
}

interface Container {
  init(scope: unknown): void;
  get(module: string): Promise<() => { default: { rendererFactory: { createRenderer(): Renderer } } }>;
}

async function createRenderer(): Promise<Renderer> {
  const known = (globalThis as unknown as { _JUPYTERLAB: Record<string, Container> })._JUPYTERLAB;
  const container = known["jupyter-progress"]!;
  container.init({ "@lumino/widgets": { "2.0": { get: () => Promise.resolve(() => ({ Widget })) } } });
  return (await container.get("./mimeExtension"))().default.rendererFactory.createRenderer();
}

/** The words of each output, all of them in one notebook. */
async function shown(outputs: unknown[]): Promise<string[]> {
  const renderers = await Promise.all(outputs.map(createRenderer));
  for (const [index, renderer] of renderers.entries()) {
    document.body.append(renderer.node);
    await renderer.renderModel({ data: { "application/vnd.jupyter-progress+json": outputs[index] } });
  }
  await pass(200);
  return renderers.map((renderer) => {
    const words = renderer.node.innerText.replaceAll(/x{100,}/g, "xxx");
    renderer.dispose();
    return words.slice(0, 3000);
  });
}

const LONG = "x".repeat(5_000_000);
let deep: unknown = 1;
for (let depth = 0; depth < 5000; depth += 1) deep = [deep];

const wrong = { 0: null, text: "text", list: [1], number: 7, object: { toString: 1 } };

function output(snapshot: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { version: 1, run_id: RUN_ID, snapshot, activity: [], time: "2026-11-22T10:00:00Z", ...more };
}

/** The run with one field of a wrong type, for each field and each type. */
function* wronglyTyped(): Generator<Record<string, unknown>> {
  const names = ["name", "tags", "status", "stages", "metrics", "error", "result", "live_score", "progress"];
  const more = ["estimated_range", "resources", "elapsed_time", "start_time", "running", "spec", "step"];
  for (const name of [...names, ...more]) {
    for (const value of Object.values(wrong)) yield output(stateOf({ [name]: value }));
  }
}

const nested = { classes: [{ toString: 1 }], confusion_matrix: [[1]], test: { accuracy: "high" } };
const score = { name: "constructor", value: 0.5 };
const cases: Record<string, unknown> = {
  nothing: undefined,
  text: "text",
  list: [1, 2],
  newer: output(stateOf(), { version: 2 }),
  unknownVersion: output(stateOf(), { version: "1" }),
  wrongId: output(stateOf(), { run_id: { toString: 1 } }),
  nested: output(stateOf({ status: "completed", result: nested, live_score: score })),
  long: output(stateOf({ name: LONG, tags: Array(100_000).fill("tag"), error: { message: LONG } })),
  deep: output(stateOf({ stages: [{ id: "a", metrics: { deep } }] })),
  activity: output(stateOf(), { activity: [{ run_id: RUN_ID, id: { toString: 1 }, text: "said" }] }),
  markup: output(stateOf({ name: "<img src=x onerror=alert(1)>" })),
  good: output(stateOf()),
};

answer(async () => {
  const words = await shown(Object.values(cases));
  const byName = Object.fromEntries(Object.keys(cases).map((name, index) => [name, words[index]]));
  return { ...byName, typed: await shown([...wronglyTyped()]) };
});
