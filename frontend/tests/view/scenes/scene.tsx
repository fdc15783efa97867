/** What the scenes share: a run that is under way, a comm, a place to draw in, and how they answer. */

import { readRun } from "../../../src/model/reading";
import type { RunState } from "../../../src/model/wire";
import type { CommPort } from "../../../src/transport/comm";
import { PanelFeed } from "../../../src/transport/panel_feed";

export const RUN_ID = "20261122-100000-0000002a";

export function stateOf(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    run_id: RUN_ID,
    name: "digits",
    kind: "pipeline",
    status: "running",
    current_stage: "train",
    stages: [{ id: "train", title: "Train", status: "running" }],
    step: 5,
    total_steps: 10,
    progress: 50,
    updated_time: "2026-11-22T10:00:00.000Z",
    ...more,
  };
}

export function runOf(more: Record<string, unknown> = {}): RunState {
  return readRun(stateOf(more))!;
}

/** The kernel's end of a comm, in the hands of the scene. */
export class Kernel implements CommPort {
  said: Record<string, unknown>[] = [];
  #heard: ((content: unknown) => void) | null = null;
  #beat: number | undefined;

  send(content: Record<string, unknown>): void {
    this.said.push(content);
  }

  listen(heard: (content: unknown) => void): () => void {
    this.#heard = heard;
    return () => (this.#heard = null);
  }

  end(): void {
    clearInterval(this.#beat);
  }

  tell(content: unknown): void {
    this.#heard?.(content);
  }

  /** A snapshot of the run over a connection, and then a sign of life at every moment until `end`. */
  show(connection: string, more: Record<string, unknown> = {}): void {
    this.end();
    this.#beat = setInterval(() => this.tell({ type: "messages", connection, messages: [] }), 50);
    const snapshot = { type: "snapshot", log_id: "log-a", offset: 1, data: { runs: [stateOf(more)] } };
    this.tell({ type: "messages", connection, messages: [snapshot] });
  }
}

export function feedOf(comm: CommPort | null): PanelFeed {
  const feed = new PanelFeed({ runId: RUN_ID, server: null, comm, now: () => performance.now() });
  feed.start();
  return feed;
}

export function place(): HTMLElement {
  const element = document.createElement("div");
  element.classList.add("jpp");
  document.body.append(element);
  return element;
}

/** Give the document the page's own styles, and what else its shell says. */
export async function asThePage(title = "Training progress"): Promise<void> {
  const styles = document.createElement("link");
  styles.rel = "stylesheet";
  styles.href = "page.css";
  const loaded = new Promise((resolve) => styles.addEventListener("load", resolve));
  document.head.append(styles);
  document.title = title;
  document.documentElement.lang = "en";
  await loaded;
}

/** Let time pass, and the page draw what came of it. */
export async function pass(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}

export function buttonIn(element: HTMLElement, name: string): HTMLButtonElement {
  const found = [...element.querySelectorAll("button")].find((button) => button.innerText.startsWith(name));
  if (!found) throw new Error(`no button ${name} in ${element.innerText}`);
  return found;
}

/** Run a scene, and tell the test what it saw. */
export function answer(scene: () => Promise<unknown>): void {
  const tell = (seen: unknown): void => {
    void fetch("answer", { method: "POST", body: JSON.stringify(seen) });
  };
  scene().then(tell, (error: unknown) => tell({ thrown: (error as Error).stack ?? String(error) }));
}
