/** Panel and page in every state, each looked through by axe-core in the light and in the dark theme. */

import axe from "axe-core";
import { render, type ComponentChildren } from "preact";
import { Page } from "../../../src/page/Page";
import { NotifyMe } from "../../../src/page/NotifyMe";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { EverythingPanel } from "../../../src/view/Everything";
import { RunPanel } from "../../../src/view/Panel";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, asThePage, buttonIn, feedOf, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

type Fields = Record<string, unknown>;

const IDS = ["initialize", "load_data", "validate_data", "split_data", "preprocess", "train", "evaluate", "save_model"];
const OTHER = "20261122-095900-0000002b";
const STAGES = IDS.map((id, index) => ({
  id, title: id.replaceAll("_", " "), status: index < 5 ? "completed" : index === 5 ? "running" : "pending",
  elapsed_s: index < 6 ? 2 : null, started_time: "2026-11-22T10:00:01Z", metrics: { rows: 1797 },
})); // prettier-ignore
const RUNNING: Fields = {
  stages: STAGES, start_time: "2026-11-22T10:00:00.000Z", elapsed_time: 12, estimated_remaining: 9, estimated_range: [6, 14],
  live_accuracy: 0.97, live_score: { name: "accuracy", value: 0.97 }, predictions_processed: 360, throughput: 12_000,
  monitoring_overhead: 0.01, resources: { cpu: 98, memory: 2e8, peak_memory: 3e8, limit: 8e9 }, tags: ["nightly", "gpu"],
}; // prettier-ignore
const END = { ...RUNNING, current_stage: null, end_time: "2026-11-22T10:01:00.000Z", elapsed_time: 60 };
const RESULT = {
  test: { accuracy: 0.9694, balanced_accuracy: 0.97, f1_macro: 0.96 }, classes: [0, 1], confusion_matrix: [[170, 5], [6, 179]],
  rows: { train: 1077, validation: 360, test: 360 }, model: null,
}; // prettier-ignore
const ERROR = { type: "KeyError", message: "no column 'age'", stage: "train", traceback: 'File "a.py", line 3\nKeyError', reason: "fit_failed", hint: "Look at the columns." };
const gauge = (percent: number): Fields => ({ percent, used: percent / 25, limit: 4 });
const AROUND: Fields = {
  health: {
    status: "yellow", reasons: ["memory at 84 % (yellow from 80 %)"], cpu: gauge(40), memory: gauge(84), swap: gauge(0), disk: gauge(60),
    network: { in: 1e4, out: 2e4 }, load: [1, 0.5, 0.2], processes: 120, uptime_s: 90_000, event_loop_lag: 0.002,
    response_times: { rest: { p50: 0.003, p95: 0.01 } },
  },
  activity: ["success", "info", "warning", "error"].map((level, index) => ({
    id: `${index}`, run_id: RUN_ID, level, kind: "note", text: `a line of level ${level}`, time: "2026-11-22T10:00:00.000Z", offset: index,
  })),
  models: [{ name: "digits", deployed: 1, latest: 2 }],
}; // prettier-ignore

const COMPLETED: Fields = { ...END, status: "completed", progress: 100, result: RESULT };
const SEVERAL: Fields = {
  ...AROUND,
  runs: [stateOf(RUNNING), stateOf({ ...COMPLETED, run_id: OTHER, name: "before" })],
};

interface Shown {
  element: HTMLElement;
  end: () => void;
}

function drawn(what: ComponentChildren, end: () => void, width = 900): Shown {
  const element = place();
  element.style.width = `${width}px`;
  render(what, element);
  return {
    element,
    end: () => {
      end();
      render(null, element);
      element.remove();
    },
  };
}

/** A panel whose kernel tells of the run; opened where it can be. */
async function panel(run: Fields, around: Fields = AROUND): Promise<Shown> {
  const kernel = new Kernel();
  const shown = drawn(<RunPanel feed={feedOf(kernel)} show={null} />, () => kernel.end());
  kernel.show("live");
  const snapshot = { type: "snapshot", log_id: "log-a", offset: 2, data: { ...around, runs: [stateOf(run)] } };
  kernel.tell({ type: "messages", connection: "live", messages: [snapshot] });
  await pass(60);
  buttonIn(shown.element, "Details").click();
  return shown;
}

/** A panel of a page whose server answers so. */
async function served(status: number, isKnown: boolean): Promise<Shown> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  server.acceptsSockets = status === 200;
  server.restStatus = status;
  if (isKnown) server.runs = [stateOf(RUNNING)];
  const own = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: RUN_ID, server: own, comm: null, now: () => clock.now });
  feed.start();
  own.start();
  await clock.pass(12_000);
  return drawn(<RunPanel feed={feed} show={null} />, () => own.stop());
}

async function offline(): Promise<Shown> {
  const shown = await panel({ ...RUNNING, updated_time: new Date().toISOString() });
  shown.end();
  const kernel = new Kernel();
  const feed = new PanelFeed({ runId: RUN_ID, server: null, comm: kernel, now: () => performance.now() });
  feed.start();
  const next = { connection: "offline", age_s: 14, next_s: 4 };
  const snapshot = { type: "snapshot", log_id: "log-a", offset: 2, data: { ...AROUND, runs: [stateOf(RUNNING)] } };
  kernel.tell({ type: "messages", ...next, messages: [snapshot] });
  const beat = setInterval(() => kernel.tell({ type: "messages", ...next, messages: [] }), 500);
  return drawn(<RunPanel feed={feed} show={null} />, () => clearInterval(beat));
}

function everything(data: Fields, page: boolean): Shown {
  const kernel = new Kernel();
  const feed = new PanelFeed({ runId: null, server: null, comm: kernel, now: () => performance.now() });
  feed.start();
  const view = page ? <Page feed={feed} tools={<NotifyMe />} /> : <EverythingPanel feed={feed} />;
  const messages = [{ type: "snapshot", log_id: "log-a", offset: 9, data }];
  kernel.tell({ type: "messages", connection: "live", messages });
  const beat = setInterval(() => kernel.tell({ type: "messages", connection: "live", messages: [] }), 500);
  return drawn(view, () => clearInterval(beat), page ? 1200 : 600);
}

async function pageAt(hash: string): Promise<Shown> {
  location.hash = hash;
  return everything(SEVERAL, true);
}

const STATES: [string, () => Promise<Shown> | Shown][] = [
  ["running", () => panel(RUNNING)],
  ["queued", () => panel({ status: "queued", stages: [], queued_time: "2026-11-22T10:00:00Z", step: null })],
  ["stalled", () => panel({ ...RUNNING, stalled: { since: "2026-11-22T09:57:00Z", uses_cpu: false, output: "in wait" } })],
  ["failed", () => panel({ ...END, status: "failed", current_stage: "train", error: ERROR })],
  ["completed", () => panel(COMPLETED)],
  ["offline", offline],
  ["denied", () => served(403, true)],
  ["absent", () => served(404, true)],
  ["unknown", () => served(200, false)],
  ["waiting", () => drawn(<RunPanel feed={feedOf(null)} show={null} />, () => undefined)],
  ["everything", () => everything(SEVERAL, false)],
  ["nothing", () => everything({}, false)],
  ...["", "history", "models", "health", "activity"].map(
    (at): [string, () => Promise<Shown>] => [`page #${at}`, () => pageAt(at)],
  ),
]; // prettier-ignore

async function lookedThrough(element: HTMLElement): Promise<string[]> {
  const { violations } = await axe.run(element, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary?.slice(0, 300)}`),
  );
}

answer(async () => {
  await asThePage();
  const found: Record<string, unknown>[] = [];
  for (const [state, show] of STATES) {
    const { element, end } = await show();
    for (const theme of ["light", "dark"]) {
      document.documentElement.style.colorScheme = theme;
      await pass(theme === "light" ? 250 : 30); // what fades in has come in
      found.push({ state, theme, violations: await lookedThrough(element) });
    }
    end();
  }
  return { found };
});
