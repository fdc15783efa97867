/** The page beside itself: its list, its header, its chart and its feeds tell of the same runs. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { EverythingPanel } from "../../../src/view/Everything";
import { RunPanel } from "../../../src/view/Panel";
import { installStyles } from "../../../src/view/styles";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

const OTHER = (number: number): string => `20261122-10000${number}-0000002b`;

/** A run of a queue, in the order of their numbers. */
function queuedRun(number: number, name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const queued_time = `2026-11-22T10:00:0${number}.000Z`;
  return stateOf({ run_id: OTHER(number), name, status: "queued", stages: [], progress: 0, queued_time, ...more });
}

const AT_WORK = { name: "at work", queued_time: "2026-11-22T09:59:00.000Z", estimated_remaining: 8, elapsed_time: 3 };
const ENDED = queuedRun(1, "ended", {
  status: "completed",
  progress: 100,
  result: { test: { accuracy: 0.9694 }, stopped: true, steps: { done: 1371, total: 30_000 } },
});
// Newest first, as a snapshot has them.
const RUNS = [queuedRun(3, "second in line"), queuedRun(2, "first in line"), ENDED];

function told(id: string, run_id: string | null, kind: string, text: string): Record<string, unknown> {
  return { id, run_id, kind, text, level: "info", time: "2026-11-22T10:00:00.000Z", offset: Number(id) };
}

const ACTIVITY = [
  told("6", RUN_ID, "stage_completed", "at work: Validate data done in 0.05 s"),
  told("5", RUN_ID, "data_finding", "3 columns have the same value"),
  told("4", OTHER(1), "training_completed", "ended finished in 3 s"),
  told("3", OTHER(1), "data_finding", "10 classes"),
  told("2", "20261122-090000-0000002c", "data_finding", "2 columns are empty"),
  told("1", null, "health_changed", "Health went from green to yellow"),
];

/** A kernel that tells of several runs; the one at work is the first of them. */
class Queue extends Kernel {
  #revision = 0;
  #series: [number, number][] = [];

  begin(): void {
    const runs = [...RUNS, stateOf(AT_WORK)];
    const snapshot = { type: "snapshot", log_id: "log-a", offset: 6, data: { runs, activity: ACTIVITY } };
    this.tell({ type: "messages", connection: "live", messages: [snapshot] });
  }

  #say(type: string, data: unknown): void {
    this.#revision += 1;
    const message = { type, run_id: RUN_ID, after: 6, revision: this.#revision, data };
    this.tell({ type: "messages", connection: "live", messages: [message] });
  }

  advance(progress: number, left: number): void {
    const updated_time = `2026-11-22T10:00:${progress}.000Z`;
    this.#say("training_progress", stateOf({ ...AT_WORK, progress, estimated_remaining: left, updated_time }));
  }

  score(value: number): void {
    const step = this.#series.length + 1;
    this.#series.push([step, value]);
    this.#say("metrics_appended", { series: { live_accuracy: [[step, value]] }, from: { live_accuracy: step - 1 || null } });
  }
}

function feedOfAll(comm: Kernel): PanelFeed {
  const feed = new PanelFeed({ runId: null, server: null, comm, now: () => performance.now() });
  feed.start();
  return feed;
}

function words(element: Element, selector: string): string[] {
  return [...element.querySelectorAll<HTMLElement>(selector)].map((found) => found.innerText);
}

/** Percent and time left of the selected run: in the list, and in its header. */
function figures(page: HTMLElement): { list: string; header: string } {
  const list = page.querySelector<HTMLElement>("[aria-current='true'] .jpp-run-note")!.innerText;
  const names = words(page, "article .jpp-figure dt");
  const values = words(page, "article .jpp-figure dd");
  const named = (name: string): string | undefined => values[names.indexOf(name)];
  return { list, header: `${named("Progress")} · ${named("Time left")} left` };
}

async function watchFigures(page: HTMLElement, kernel: Queue): Promise<{ seen: string[]; different: string[] }> {
  const seen = new Set<string>();
  const different = new Set<string>();
  const steps: [number, number][] = [[51, 7], [52, 12], [53, 3], [54, 5]]; // prettier-ignore
  const rows = [...page.querySelectorAll<HTMLButtonElement>(".jpp-run-row")];
  for (const [index, step] of steps.entries()) {
    kernel.advance(...step);
    // Somebody looks at another run, and comes back to one whose bar has moved on.
    if (index === 1) rows[1]!.click();
    if (index === 2) rows[0]!.click();
    for (const end = performance.now() + 800; performance.now() < end; ) {
      await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve));
      if (page.querySelector("article")!.getAttribute("aria-label") !== "at work") continue;
      const now = figures(page);
      seen.add(now.header);
      if (now.list !== now.header) different.add(`${now.list}, but ${now.header}`);
    }
  }
  return { seen: [...seen], different: [...different] };
}

/** Whether the frame that tells a new score draws it too: its canvas is what it still is a while later. */
async function watchChart(page: HTMLElement, kernel: Queue): Promise<{ inStep: boolean[]; captions: string[] }> {
  const canvas = page.querySelector<HTMLCanvasElement>(".jpp-plot canvas")!;
  const caption = page.querySelector<HTMLElement>("figcaption")!;
  const inStep: boolean[] = [];
  const captions: string[] = [];
  for (const value of [0.7, 0.9, 0.95]) {
    const before = canvas.toDataURL();
    const told = new Promise<void>((resolve) => {
      const watching = new MutationObserver(() => {
        watching.disconnect();
        const { port1, port2 } = new MessageChannel(); // its message comes right after this frame
        port2.onmessage = () => resolve();
        port1.postMessage(null);
      });
      watching.observe(caption, { characterData: true, childList: true, subtree: true });
    });
    kernel.score(value);
    await told;
    const first = canvas.toDataURL();
    captions.push(caption.innerText);
    await pass(200);
    inStep.push(first === canvas.toDataURL() && first !== before);
  }
  return { inStep, captions };
}

async function seenOnPage(): Promise<Record<string, unknown>> {
  const kernel = new Queue();
  const page = place();
  render(<Page feed={feedOfAll(kernel)} />, page);
  kernel.begin();
  await pass(100);
  const opened = {
    order: words(page, "nav .jpp-run-name"),
    article: page.querySelector("article")!.getAttribute("aria-label"),
    selected: words(page, "[aria-current='true'] .jpp-run-name"),
    barsOf: words(page, ".jpp-run-row:has(.jpp-bar) .jpp-run-name"),
    own: words(page, "article .jpp-told-text"),
    all: words(page, ".jpp-surroundings .jpp-told-text"),
  };
  const figures = await watchFigures(page, kernel);
  kernel.score(0.5);
  kernel.score(0.6);
  await pass(300);
  const chart = await watchChart(page, kernel);
  render(null, page);
  return { ...opened, figures, chart };
}

/** The panel of everything, as narrow as a cell on a telephone: its rows, each with the width of the name. */
async function seenNarrow(): Promise<Record<string, unknown>> {
  const kernel = new Queue();
  const panel = place();
  panel.style.width = "290px";
  installStyles(panel);
  render(<EverythingPanel feed={feedOfAll(kernel)} />, panel);
  kernel.begin();
  await pass(100);
  const cut = [...panel.querySelectorAll(".jpp-run-name, .jpp-run-note")]
    .filter((part) => part.scrollWidth > part.clientWidth)
    .map((part) => part.textContent);
  return {
    order: words(panel, ".jpp-run-name"),
    told: words(panel, ".jpp-told-text"),
    notes: words(panel, ".jpp-run-note"),
    cut,
    isWithin: panel.scrollWidth <= panel.clientWidth,
  };
}

/** A small panel of a run of long ago, of which the newest activity of all runs tells nothing. */
async function seenOfOlder(lines: number): Promise<Record<string, unknown>> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  server.runs = [stateOf({ status: "completed", progress: 100 })];
  for (let number = 1; number <= lines; number += 1) server.note(`own ${number}`, RUN_ID);
  for (let number = 1; number <= 60; number += 1) server.note(`other ${number}`);
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: RUN_ID, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(100);
  const panel = place();
  render(<RunPanel feed={feed} show={null} />, panel);
  await pass(200);
  const asked = server.asked.filter((path) => path.startsWith("activity"));
  return { told: words(panel, ".jpp-told-text"), lists: panel.querySelectorAll(".jpp-activity").length, asked };
}

answer(async () => ({
  page: await seenOnPage(),
  narrow: await seenNarrow(),
  older: await seenOfOlder(5),
  silent: await seenOfOlder(0),
}));
