/** A day of runs that follow each other, as a server tells of it, and what a page takes meanwhile. */

import { Clock, LoggingServer } from "../../transport/server";
import { stateOf } from "./scene";

const STAGES = ["load", "train", "evaluate"];
const METRICS = ["live_accuracy", "train/loss", "val/loss"];
const POINTS_A_SECOND = 10;
/** What the test's own server keeps, for it is in the same heap. */
const EVENTS_KEPT = 200;

/** What the page takes after its garbage was collected: https://wicg.github.io/performance-measure-memory/ */
const measured = performance as unknown as { measureUserAgentSpecificMemory: () => Promise<{ bytes: number }> };

export interface Sample {
  hour: number;
  /** What the page takes. */
  bytes: number;
  elements: number;
}

const idOf = (number: number): string => `20261122-100000-${number.toString(16).padStart(8, "0")}`;
export const secondsOf = (second: number): string => new Date(Date.UTC(2026, 10, 22) + second * 1000).toISOString();

export class Day {
  clock = new Clock();
  server = new LoggingServer(this.clock);
  #revision = 0;
  #step = 0;

  constructor(readonly runLastsS: number) {}

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
    this.server.add("training_completed", this.runAt(second), { result, elapsed_time: this.runLastsS });
    this.server.events.fill({ type: "heartbeat" }, 0, Math.max(0, this.server.events.length - EVENTS_KEPT));
  }

  runAt(second: number): string {
    return idOf(Math.floor(second / this.runLastsS));
  }

  #say(type: string, runId: string | null, data: unknown): void {
    this.#revision += 1;
    this.server.say({ type, run_id: runId, after: this.server.events.length, revision: this.#revision, data });
  }

  /** What one second brings. */
  tell(second: number): void {
    const at = second % this.runLastsS;
    if (at === 0) this.begin(second);
    const runId = this.runAt(second);
    const from = Object.fromEntries(METRICS.map((name) => [name, this.#step || null]));
    const series = Object.fromEntries(METRICS.map((name) => [name, [] as [number, number][]]));
    for (let point = 0; point < POINTS_A_SECOND; point += 1) {
      this.#step += 1;
      for (const name of METRICS) series[name]!.push([this.#step, Math.random()]);
    }
    this.#say("metrics_appended", runId, { series, from });
    const progress = (100 * at) / this.runLastsS;
    const stages = STAGES.map((id) => ({ id, title: id, status: "running", progress }));
    const name = `run of ${secondsOf(second - at)}`;
    this.#say("training_progress", runId, stateOf({ run_id: runId, name, progress, step: this.#step, stages }));
    if (second % 2 === 0) this.#say("system_metrics", null, healthAt(second));
    if (second % 3600 === 1800) this.server.add("health_changed", null, { from: "green", to: "yellow", reasons: ["memory"] });
    if (at === this.runLastsS - 1) this.end(second);
  }
}

function healthAt(second: number): Record<string, unknown> {
  const gauge = { percent: 50 + (second % 40), used: 1e9, limit: 2e9 };
  return { status: "green", reasons: [], time: secondsOf(second), cpu: gauge, memory: gauge, disk: gauge, load: [1, 1, 1] };
}

export async function settledSample(hour: number): Promise<Sample> {
  const { bytes } = await measured.measureUserAgentSpecificMemory();
  return { hour, bytes, elements: document.querySelectorAll("*").length };
}
