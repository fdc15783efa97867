/** The place for health: an hour with a hole in it, thresholds, a run's stages, a cursor, and what goes wrong. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { RestError } from "../../../src/transport/rest";
import { connected, texts, type PlaceServer } from "./place_server";
import { answer, buttonIn, place, stateOf } from "./scene";

const NOW = Date.parse("2026-11-22T10:00:00.000Z");
const iso = (second: number): string => new Date(NOW + 1000 * second).toISOString();

const MEMORY = { figure: "memory.percent", title: "memory", yellow: 80, red: 92, unit: " %", margin: 3, average_s: 0 };
const LAG = { figure: "event_loop_lag", title: "event loop lag", yellow: 0.25, red: 2, unit: " s", margin: 0.1, average_s: 0 };

function healthAt(second: number, memory: number): Record<string, unknown> {
  const reasons = memory >= 80 ? [`memory at ${memory} % (yellow from 80 %)`] : [];
  return {
    status: reasons.length ? "yellow" : "green",
    reasons,
    remarks: [],
    time: iso(second),
    cpu: { percent: 40, used: 0.8, limit: 2 },
    memory: { percent: memory, used: 8e9, limit: 1e10 },
    swap: { percent: 0, used: 0, limit: 0 },
    disk: { percent: 50, used: 5e10, limit: 1e11 },
    network: { in: 1000, out: 2000 },
    response_times: { rest: { p50: 0.001, p95: 0.002 }, socket: { p50: null, p95: null } },
    event_loop_lag: 0.004,
    load: [1, 1, 1],
    processes: 9,
    uptime_s: 100,
    gpus: [{ name: "A <b>card</b>", percent: 71, memory: null }],
  };
}

/** An hour, every five seconds, but for ten minutes of which nothing is known. */
function hour(): Record<string, unknown> {
  const seconds: number[] = [];
  for (let second = 0; second <= 3590; second += 5) if (second < 1000 || second > 1600) seconds.push(second);
  const memory = seconds.map((second) => (second > 3000 && second < 3100 ? 95 : 50));
  return { since: iso(-3600), seconds, figures: { "memory.percent": memory, "cpu.percent": seconds.map(() => 30) }, gpus: [] };
}

const STAGES = [
  { id: "load", title: "Load", status: "completed", started_time: iso(-1800), elapsed_s: 600 },
  { id: "train", title: "Train", status: "running", started_time: iso(-1200) },
];

function prepared(server: PlaceServer): void {
  server.told = { server: { thresholds: [MEMORY, LAG] }, health: healthAt(0, 84) };
  server.runs = [stateOf({ stages: STAGES, current_stage: "train" })];
  server.answers["health/history"] = hour();
}

let revision = 0;

function report(server: PlaceServer, second: number, memory: number): void {
  revision += 1;
  server.say({ type: "system_metrics", after: server.events.length, revision, run_id: null, data: healthAt(second, memory) });
}

const row = (page: Element, figure: string): Element => page.querySelector(`[data-figure='${figure}']`)!;
const value = (page: Element, figure: string): string => texts(row(page, figure), ".jpp-hour-value")[0]!;

async function seenHour(): Promise<Record<string, unknown>> {
  location.hash = "#health";
  const { server, feed, wait } = await connected(prepared);
  const page = place();
  render(<Page feed={feed} />, page);
  await wait();
  const memory = row(page, "memory");
  const stops = [...memory.querySelectorAll("stop")].map((stop) => `${stop.getAttribute("class")} ${Number(stop.getAttribute("offset")).toFixed(2)}`);
  const first = {
    rows: texts(page, ".jpp-hour-name"),
    memory: value(page, "memory"),
    reason: texts(memory, ".jpp-hour-words")[0],
    lag: texts(row(page, "event_loop_lag"), ".jpp-hour-words")[0],
    limits: [...memory.querySelectorAll("[data-limit]")].map((limit) => limit.getAttribute("data-limit")),
    lagLimits: row(page, "event_loop_lag").querySelectorAll("[data-limit]").length,
    stretches: memory.querySelector(".jpp-spark-line")!.getAttribute("d")!.split("M").length - 1,
    stops,
    stages: texts(page, ".jpp-lane-title"),
    boundaries: memory.querySelector(".jpp-spark-boundaries")!.getAttribute("d")!.split("M").length - 1,
    verdict: texts(page, ".jpp-place .jpp-health-line")[0],
    markup: page.querySelectorAll("b").length,
  };
  report(server, 2, 60);
  await wait();
  const live = { memory: value(page, "memory"), asked: server.asked.filter((path) => path.startsWith("health/")).length };
  return { ...first, live, ...(await seenCursor(page)), ...(await seenTable(page)), ...(await seenGap(page, server, wait)) };
}

async function seenCursor(page: HTMLElement): Promise<Record<string, unknown>> {
  const axis = page.querySelector<HTMLElement>("[role='slider']")!;
  const press = async (key: string): Promise<string> => {
    axis.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    return axis.getAttribute("aria-valuetext")!;
  };
  axis.focus();
  const words = [await press("ArrowLeft"), await press("PageDown"), await press("Home"), await press("Escape")];
  axis.blur();
  const box = axis.getBoundingClientRect();
  const hour = page.querySelector(".jpp-hour")!;
  const move = async (share: number): Promise<unknown[]> => {
    const at = { clientX: box.left + share * box.width, clientY: box.top, bubbles: true };
    hour.dispatchEvent(new PointerEvent("pointermove", at));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const lines = page.querySelectorAll(".jpp-spark-cursor").length;
    return [value(page, "memory"), texts(page, ".jpp-hour-lane .jpp-hour-value")[0], lines];
  };
  const pointed = [await move(0.8474), await move(0.36), await move(0.1)];
  hour.dispatchEvent(new PointerEvent("pointerleave"));
  await new Promise((resolve) => setTimeout(resolve, 60));
  return { words, pointed, afterwards: page.querySelectorAll(".jpp-spark-cursor").length };
}

async function seenTable(page: HTMLElement): Promise<Record<string, unknown>> {
  page.querySelector<HTMLDetailsElement>(".jpp-hour-table")!.open = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  const rows = [...page.querySelectorAll<HTMLTableRowElement>(".jpp-health-table tbody tr")];
  return { table: rows.slice(0, 2).map((each) => [...each.cells].map((cell) => cell.innerText)) };
}

async function seenGap(page: HTMLElement, server: PlaceServer, wait: () => Promise<void>): Promise<Record<string, unknown>> {
  const before = server.asked.length;
  report(server, 120, 61);
  await wait();
  const asked = server.asked.slice(before).filter((path) => path.startsWith("health/")).length;
  buttonIn(page, "5 min").click();
  await wait();
  return { askedAgain: asked, hash: location.hash, pressed: texts(page, ".jpp-segment[aria-pressed='true']") };
}

async function seenRefused(): Promise<Record<string, unknown>> {
  location.hash = "#health";
  const { server, feed, wait } = await connected((at) => {
    prepared(at);
    at.answers["health/history"] = new RestError(429, "too_many_requests", "Too many requests; ask again in 2 s");
  });
  const page = place();
  render(<Page feed={feed} />, page);
  await wait();
  const refused = { problem: texts(page, ".jpp-hour-read")[0], memory: value(page, "memory") };
  server.answers["health/history"] = hour();
  buttonIn(page, "Try again").click();
  await wait();
  const drawn = row(page, "memory").querySelector(".jpp-spark-line")!.getAttribute("d")!.length;
  server.breakSockets();
  server.acceptsSockets = false;
  server.restStatus = 0;
  await wait(20_000);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const offline = texts(page, ".jpp-hour-read")[0];
  render(null, page);
  return { refused, isDrawn: drawn > 100, offline };
}

/** The box that panels have too: cards of the same make by their numbers, with what each tells. */
async function seenCards(): Promise<string[]> {
  location.hash = "#";
  const memory = { percent: 25, used: 1e10, limit: 4e10 };
  const gpus = [{ name: "A100", percent: 93, memory }, { name: "A100", percent: null, memory: null }];
  const { feed, wait } = await connected((at) => {
    prepared(at);
    at.told = { health: { ...healthAt(0, 50), gpus } };
  });
  const page = place();
  render(<Page feed={feed} />, page);
  await wait();
  const meters = [...page.querySelectorAll<HTMLElement>(".jpp-surroundings .jpp-meter")];
  const told = meters.map((meter) => texts(meter, ":scope > :not([aria-hidden])").join(" "));
  render(null, page);
  return told.filter((words) => words.startsWith("GPU"));
}

async function seenDenied(): Promise<string[]> {
  location.hash = "#health";
  const { feed, wait } = await connected((at) => {
    at.acceptsSockets = false;
    at.restStatus = 403;
  });
  const page = place();
  render(<Page feed={feed} />, page);
  await wait(3000);
  return texts(page, ".jpp-caution, .jpp-place .jpp-empty");
}

answer(async () => ({ hour: await seenHour(), refused: await seenRefused(), cards: await seenCards(), denied: await seenDenied() }));
