/** What a run's panel and the list of runs say of each kind of run, small and with its details. */

import { render } from "preact";
import type { JSX } from "preact";
import type { PanelFeed } from "../../../src/transport/panel_feed";
import { EverythingPanel } from "../../../src/view/Everything";
import { RunPanel } from "../../../src/view/Panel";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { PanelFeed as Feed } from "../../../src/transport/panel_feed";
import { answer, buttonIn, feedOf, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

type Fields = Record<string, unknown>;

const AGO = (seconds: number): string => new Date(Date.now() - 1000 * seconds).toISOString();
const STAGES = ["load_data", "train", "evaluate"].map((id) => ({ id, status: "completed", started_time: AGO(60) }));
const PENDING = STAGES.map(({ id }) => ({ id, status: "pending" }));
const END = { current_stage: null, start_time: AGO(60), end_time: AGO(10), progress: 100 };
const TEST = { accuracy: 0.9694 };

interface Told {
  small: string;
  opened: string;
  bar: string | null;
  aria: string | null;
}

/** A panel over the comm, given a snapshot. */
async function told(run: Fields, around: Fields = {}): Promise<Told> {
  const kernel = new Kernel();
  const element = place();
  render(<RunPanel feed={feedOf(kernel)} show={null} />, element);
  const runs = [stateOf(run), ...((around["runs"] as Fields[] | undefined) ?? [])];
  const snapshot = { type: "snapshot", log_id: "log-a", offset: 1, data: { ...around, runs } };
  kernel.tell({ type: "messages", connection: "live", messages: [snapshot] });
  await pass(100);
  const small = element.innerText;
  buttonIn(element, "Details").click();
  await pass(100);
  const fill = element.querySelector<HTMLElement>(".jpp-bar-fill")!.style.transform;
  const aria = element.querySelector("[role=progressbar]")!.getAttribute("aria-valuenow");
  return { small, opened: element.innerText, bar: fill, aria };
}

/** The panel of a run whose server has the given scores, with its details open. */
async function served(run: Fields, series: Record<string, [number, number][]> = {}): Promise<string> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  Object.assign(server, { runs: [stateOf(run)], series });
  const serverFeed = serverFeedOf(server, clock);
  const feed: PanelFeed = new Feed({ runId: RUN_ID, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(500);
  const element = place();
  render(<RunPanel feed={feed} show={null} />, element);
  await pass(50);
  buttonIn(element, "Details").click();
  await pass(50);
  await clock.pass(100);
  await pass(100);
  return element.innerText;
}

async function listed(run: Fields, around: Fields = {}): Promise<string> {
  const kernel = new Kernel();
  const element = place();
  const feed = new Feed({ runId: null, server: null, comm: kernel, now: () => performance.now() });
  feed.start();
  render((<EverythingPanel feed={feed} />) as JSX.Element, element);
  const snapshot = { type: "snapshot", log_id: "log-a", offset: 1, data: { ...around, runs: [stateOf(run)] } };
  kernel.tell({ type: "messages", connection: "live", messages: [snapshot] });
  await pass(100);
  return element.innerText;
}

const stopped = { ...END, status: "completed", stages: STAGES, result: { test: TEST, stopped: true, steps: { done: 371, total: 30_000 } } };
const queuedAt = (seconds: number): Fields => ({ status: "queued", stages: PENDING, step: null, queued_time: AGO(seconds) });
const before = (id: string, run: Fields): Fields => stateOf({ ...run, run_id: id, name: id });
const gauge = (percent: number): Fields => ({ percent, used: 2, limit: 2 });
const STRAINED = { status: "yellow", reasons: ["CPU averaged 98 % over the last 30 s (yellow from 97 %)"], cpu: gauge(75) };
const HASTY = { status: "green", reasons: [], remarks: ["CPU is at 99 % now, and averaged 52 % over the last 30 s"], cpu: gauge(99) };
const LONG = "a name that goes on and on until nobody reads it to its end any more";
const STALL = { since: AGO(200), likely_s: 60, uses_cpu: false, output: 'File "loop.py", line 7 in wait' };
const DEAD = { type: "SIGSEGV", message: "the worker crashed", stage: "train", output: "the last line" };
const ERROR = { type: "KeyError", message: "no column 'age'", stage: "train" };

answer(async () => ({
  stopped: await told(stopped),
  ownStopped: await told({ ...END, kind: "own", stages: [], status: "completed", step: 7, total_steps: 20, result: { stopped: true } }),
  limited: await told({ ...stopped, result: { ...stopped.result, stopped_by: "time_limit" } }),
  early: await told({
    ...stopped,
    result: { test: TEST, stopped: false, stopped_early: true, steps: { done: 90, total: 200 }, early_stopping: { best_step: 90, last_step: 140, restored: true } },
  }),
  unrestored: await told({
    ...stopped,
    result: { test: TEST, stopped: false, stopped_early: true, early_stopping: { best_step: 90, last_step: 140, restored: false } },
  }),
  timed: await told({ spec: { time_limit: 300 } }),
  whole: await told({ ...stopped, result: { test: TEST, stopped: false, steps: { done: 30_000, total: 30_000 } } }),
  stoppedRow: await listed(stopped, { health: { status: "green" } }),
  queued: await told(queuedAt(42), {
    server: { max_concurrent_runs: 1 },
    runs: [before("a", { status: "running" }), before("b", queuedAt(50)), before("c", queuedAt(30)), before("own", { kind: "own" })],
  }),
  next: await told(queuedAt(1), { server: { max_concurrent_runs: 2 }, runs: [before("a", { status: "running" })] }),
  alone: await told(queuedAt(1)),
  cancelled: await served({ ...queuedAt(5), status: "cancelled", current_stage: null, end_time: AGO(1) }),
  ownLoop: await served({ ...END, name: "my loop", kind: "own", status: "completed", stages: [], step: null, metrics: { loss: 0.2 }, result: { metrics: {} } }),
  ownFunction: await served({ ...END, name: "fit", kind: "function", status: "completed", start_time: AGO(9), stages: [], step: null, metrics: { loss: 0.2 }, result: { metrics: {}, value: { type: "float", shown: "0.25", problem: null } } }),
  unkept: await served({ ...END, name: "fit", kind: "function", status: "completed", stages: [], result: { value: { type: "generator", shown: null, problem: "it cannot be pickled" } } }),
  silent: await served({ ...stopped, result: { test: TEST } }),
  broken: await served({ ...END, status: "failed", stages: STAGES, current_stage: "train", error: ERROR }),
  untested: await served({ ...stopped, result: { test: { accuracy: null }, rows: { train: 9, validation: 0, test: 0 } } }),
  strained: await told({}, { health: STRAINED }),
  endedStrained: await told(stopped, { health: STRAINED }),
  stalled: await told({ stalled: STALL, updated_time: AGO(0) }),
  stalledRow: await listed({ stalled: STALL }),
  died: await told({ ...END, status: "failed", stages: STAGES, current_stage: "train", error: DEAD }),
  hasty: await told({}, { health: HASTY }),
  failed: await told(
    { ...END, status: "failed", current_stage: "train", stages: STAGES, error: ERROR },
    { activity: [{ id: "f", run_id: RUN_ID, level: "error", kind: "training_failed", text: "digits failed in Train: KeyError: no column 'age'" }] },
  ),
  longName: await listed(
    { name: LONG },
    { activity: [{ id: "s", run_id: RUN_ID, level: "info", kind: "stage_completed", text: `${LONG}: Train done in 4 s` }] },
  ),
})); // prettier-ignore
