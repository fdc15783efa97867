/** Panels of runs whose own state no longer changes, while what surrounds them does. */

import { render } from "preact";
import { RunPanel } from "../../../src/view/Panel";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, buttonIn, pass, place, RUN_ID, stateOf } from "./scene";

const ENDED = {
  status: "completed",
  current_stage: null,
  stages: [{ id: "train", title: "Train", status: "completed", started_time: "2026-11-22T10:00:00.000Z" }],
  end_time: "2026-11-22T10:00:09.000Z",
  result: { test: { accuracy: 0.97 }, model: { name: "digits", version: 1 } },
};
const QUEUED = { status: "queued", kind: "pipeline", stages: [], step: null, queued_time: "2026-11-22T10:00:00.000Z" };

interface Shown {
  element: HTMLElement;
  server: LoggingServer;
  /** Let the server's clock and the page go on. */
  goOn: () => Promise<void>;
}

async function shown(more: Record<string, unknown>): Promise<Shown> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  server.runs = [stateOf(more)];
  server.series = { live_accuracy: [[1, 0.5], [2, 0.7], [3, 0.9]] };
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: RUN_ID, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(500);
  const element = place();
  render(<RunPanel feed={feed} show={null} />, element);
  await pass(200);
  const goOn = async (): Promise<void> => {
    await clock.pass(100);
    await pass(200);
  };
  return { element, server, goOn };
}

function health(uptime: number, reasons: string[]): Record<string, unknown> {
  const status = reasons.length ? "yellow" : "green";
  return { status, reasons, uptime_s: uptime, cpu: { percent: 50, used: 1, limit: 2 } };
}

function sample(server: LoggingServer, revision: number, data: Record<string, unknown>): void {
  server.say({ type: "system_metrics", after: server.events.length, revision, run_id: null, data });
}

const fact = (element: HTMLElement, name: string): string => {
  const found = [...element.querySelectorAll<HTMLElement>(".jpp-fact")];
  return found.find((row) => row.innerText.startsWith(name))?.querySelector("dd")?.innerText ?? "";
};

async function ended(): Promise<Record<string, unknown>> {
  const { element, server, goOn } = await shown(ENDED);
  const before = element.innerText;
  server.add("model_deployed", RUN_ID, { name: "digits", version: 1, previous: null });
  server.add("activity_update", RUN_ID, {
    id: "d", level: "success", kind: "model_deployed", text: "digits version 1 is in service", who: "",
  }); // prettier-ignore
  await goOn();
  const deployed = element.innerText;
  server.add("activity_update", RUN_ID, { id: "n", level: "info", kind: "note", text: "kept for later", who: "ada" });
  await goOn();
  const noted = element.innerText;
  sample(server, 1, health(65, []));
  await goOn();
  buttonIn(element, "Details").click();
  await goOn();
  const charts = element.querySelectorAll(".jpp-chart").length;
  const words = element.innerText;
  const uptimes = [fact(element, "Uptime")];
  sample(server, 2, health(130, []));
  await goOn();
  uptimes.push(fact(element, "Uptime"));
  return { before, deployed, noted, charts, words, uptimes };
}

async function queued(): Promise<Record<string, unknown>> {
  const { element, server, goOn } = await shown(QUEUED);
  const before = element.innerText;
  sample(server, 1, health(65, ["memory at 84 % (yellow from 80 %)"]));
  await goOn();
  return { before, strained: element.innerText };
}

answer(async () => ({ ended: await ended(), queued: await queued() }));
