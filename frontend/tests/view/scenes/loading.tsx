/** Panels and the page before and after the first snapshot: where everything stands in both. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { RunPanel } from "../../../src/view/Panel";
import { answer, asThePage, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

const IDS = ["initialize", "load_data", "validate_data", "split_data", "preprocess", "train", "evaluate", "save_model"];
const STAGES = IDS.map((id, index) => ({ id, title: id, status: index < 5 ? "completed" : "pending", elapsed_s: 1 }));
const RUN = stateOf({ stages: STAGES, start_time: "2026-11-22T10:00:00.000Z", elapsed_time: 3 });
const PARTS = [".jpp-connection", ".jpp-bar", ".jpp-figure", ".jpp-stage", ".jpp-whereabouts", ".jpp-news", ".jpp-footer"];

type Tops = Record<string, number | null>;

/** Where the first of each part begins below the top of the element. */
function tops(element: HTMLElement, parts: string[], within = ""): Tops {
  const from = element.getBoundingClientRect().top;
  const top = (part: string): number | null => {
    const found = element.querySelector(`${within} ${part}`);
    return found && Math.round((found.getBoundingClientRect().top - from) * 2) / 2;
  };
  return Object.fromEntries(parts.map((part) => [part, top(part)]));
}

/** A kernel that has said which connection it has, and nothing yet of runs. */
function connecting(runId: string | null): { kernel: Kernel; feed: PanelFeed; tell: () => void } {
  const kernel = new Kernel();
  const feed = new PanelFeed({ runId, server: null, comm: kernel, now: () => performance.now() });
  feed.start();
  kernel.tell({ type: "messages", connection: "live", messages: [] });
  const snapshot = { type: "snapshot", log_id: "log-a", offset: 1, data: { runs: [RUN] } };
  return { kernel, feed, tell: () => kernel.tell({ type: "messages", connection: "live", messages: [snapshot] }) };
}

async function panel(width: number): Promise<unknown> {
  const element = place();
  element.style.width = `${width}px`;
  const { feed, tell } = connecting(RUN_ID);
  const seen = (): unknown => ({ ...tops(element, PARTS), height: element.getBoundingClientRect().height });
  render(<RunPanel feed={feed} show={null} />, element);
  await pass(60);
  const before = seen();
  const words = element.querySelector<HTMLElement>(".jpp-skeleton [role=status]")?.innerText;
  tell();
  await pass(60);
  const after = seen();
  const left = element.querySelectorAll(".jpp-skeleton, .jpp-bone").length;
  render(null, element);
  element.remove();
  return { before, after, words, left };
}

async function page(): Promise<unknown> {
  location.hash = "";
  const element = place();
  element.style.width = "1200px";
  const { feed, tell } = connecting(null);
  const seen = (): unknown => ({
    ...tops(element, [".jpp-name", ".jpp-bar", ".jpp-figure", ".jpp-stage", ".jpp-whereabouts"], ".jpp-detail"),
    ...tops(element, [".jpp-run-row", ".jpp-run-name"], ".jpp-side"),
  });
  render(<Page feed={feed} tells={false} />, element);
  await pass(60);
  const before = seen();
  tell();
  await pass(60);
  const after = seen();
  const left = element.querySelectorAll(".jpp-skeleton, .jpp-bone").length;
  return { before, after, left };
}

answer(async () => {
  await asThePage();
  return { panels: { 330: await panel(330), 500: await panel(500), 880: await panel(880) }, page: await page() };
});
