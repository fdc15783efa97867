/** A day of work before an open page, as fast as the page can take it. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { installStyles } from "../../../src/view/styles";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, place, stateOf } from "./scene";

const HOURS = 24;
const RUN_LASTS_S = 420;
const STAGES = ["load", "train", "evaluate"];
const METRICS = ["live_accuracy", "train/loss", "val/loss"];
const POINTS_A_SECOND = 10;
/** What the test's own server keeps, for it is in the same heap. */
const EVENTS_KEPT = 200;

/** What the page takes after its garbage was collected: https://wicg.github.io/performance-measure-memory/ */
const measured = performance as unknown as { measureUserAgentSpecificMemory: () => Promise<{ bytes: number }> };

interface Sample {
  hour: number;
  /** What the page takes. */
  bytes: number;
  elements: number;
}

const idOf = (number: number): string => `20261122-100000-${number.toString(16).padStart(8, "0")}`;
const secondsOf = (second: number): string => new Date(Date.UTC(2026, 10, 22) + second * 1000).toISOString();

class Day {
  clock = new Clock();
  server = new LoggingServer(this.clock);
  #revision = 0;
  #step = 0;

  begin(second: number): void {
    const runId = this.runAt(second);
    const stages = STAGES.map((id) => ({ id, title: id }));
    this.#step = 0;
    this.server.add("training_queued", runId, { name: `run of ${secondsOf(second)}`, spec: {}, who: "ada" });
    this.server.add("training_started", runId, { name: `run of ${secondsOf(second)}`, stages });
    for (const text of ["began", "found 3 columns", "is training"]) this.server.note(`${text} ${runId}`, runId);
  }

  end(second: number): void {
    const result = { test: { accuracy: 0.97 }, confusion_matrix: [[9, 1], [0, 10]], classes: ["no", "yes"] };
    this.server.add("training_completed", this.runAt(second), { result, elapsed_time: RUN_LASTS_S });
    this.server.events.fill({ type: "heartbeat" }, 0, Math.max(0, this.server.events.length - EVENTS_KEPT));
  }

  runAt(second: number): string {
    return idOf(Math.floor(second / RUN_LASTS_S));
  }

  #say(type: string, runId: string | null, data: unknown): void {
    this.#revision += 1;
    this.server.say({ type, run_id: runId, after: this.server.events.length, revision: this.#revision, data });
  }

  /** What one second brings. */
  tell(second: number): void {
    const at = second % RUN_LASTS_S;
    if (at === 0) this.begin(second);
    const runId = this.runAt(second);
    const from = Object.fromEntries(METRICS.map((name) => [name, this.#step || null]));
    const series = Object.fromEntries(METRICS.map((name) => [name, [] as [number, number][]]));
    for (let point = 0; point < POINTS_A_SECOND; point += 1) {
      this.#step += 1;
      for (const name of METRICS) series[name]!.push([this.#step, Math.random()]);
    }
    this.#say("metrics_appended", runId, { series, from });
    const progress = (100 * at) / RUN_LASTS_S;
    const stages = STAGES.map((id) => ({ id, title: id, status: "running", progress }));
    const name = `run of ${secondsOf(second - at)}`;
    this.#say("training_progress", runId, stateOf({ run_id: runId, name, progress, step: this.#step, stages }));
    if (second % 2 === 0) this.#say("system_metrics", null, healthAt(second));
    if (second % 3600 === 1800) this.server.add("health_changed", null, { from: "green", to: "yellow", reasons: ["memory"] });
    if (at === RUN_LASTS_S - 1) this.end(second);
  }
}

function healthAt(second: number): Record<string, unknown> {
  const gauge = { percent: 50 + (second % 40), used: 1e9, limit: 2e9 };
  return { status: "green", reasons: [], time: secondsOf(second), cpu: gauge, memory: gauge, disk: gauge, load: [1, 1, 1] };
}

async function settledSample(hour: number): Promise<Sample> {
  const { bytes } = await measured.measureUserAgentSpecificMemory();
  return { hour, bytes, elements: document.querySelectorAll("*").length };
}

async function soak(): Promise<unknown> {
  const day = new Day();
  const serverFeed = serverFeedOf(day.server, day.clock);
  const feed = new PanelFeed({ runId: null, server: serverFeed, comm: null, now: () => day.clock.now });
  feed.start();
  serverFeed.start();
  await day.clock.pass(500);
  const element = place();
  installStyles(element);
  render(<Page feed={feed} />, element);
  const samples: Sample[] = [];
  let frames = 0;
  for (let second = 0; second < HOURS * 3600; second += 1) {
    day.tell(second);
    await day.clock.pass(1000);
    if (second % 60 === 59) {
      await new Promise(requestAnimationFrame);
      frames += 1;
    }
    if (second % 3600 === 3599) samples.push(await settledSample((second + 1) / 3600));
  }
  const shown = element.innerText.includes(`run of ${secondsOf(HOURS * 3600 - RUN_LASTS_S).slice(0, 13)}`);
  return { samples, frames, shown, connection: feed.feeding.connection };
}

answer(soak);
