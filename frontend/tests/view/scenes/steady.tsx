/** A run from the queue to its end in a panel of some width: how high it is at every moment. */

import { render } from "preact";
import { RunPanel } from "../../../src/view/Panel";
import { installStyles } from "../../../src/view/styles";
import { answer, buttonIn, feedOf, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

type Fields = Record<string, unknown>;

const IDS = ["initialize", "load_data", "validate_data", "split_data", "preprocess", "train", "evaluate", "save_model"];
const LONG_NAME = "数据 — Überprüfung with a long name that goes on and on and on until nobody reads it any more, really";
const FINDING = "10 classes (rows of each: 3: 183, 5: 182, 1: 182, 6: 181, 4: 181, 9: 180, 7: 179, 0: 178, 2: 177, 8: 174)";
const REASON = "CPU averaged 87 % over the last 30 s (yellow from 97 %, green again below 85 %)";

function at(index: number): Fields[] {
  const status = (place: number): string => (place < index ? "completed" : place === index ? "running" : "pending");
  return IDS.map((id, place) => ({ id, status: status(place), elapsed_s: place > index ? null : 6, started_time: "2026-11-22T10:00:01Z" }));
}

function said(howMany: number): Fields[] {
  const lines = ["digits started", FINDING, "digits: Split data done in 0.01 s", "digits: Train done in 9 s"];
  return lines.slice(0, howMany).map((text, index) => ({
    id: `${index}`, run_id: RUN_ID, level: "info", kind: index === 1 ? "data_finding" : "stage_completed", text,
  })).reverse(); // prettier-ignore
}

const START = { start_time: "2026-11-22T10:00:00.000Z", elapsed_time: 3 };
const TRAIN = { ...START, current_stage: "train", stages: at(5) };
const END = { ...START, status: "completed", current_stage: null, stages: at(8), end_time: "2026-11-22T10:01:00.000Z" };
const STRAINED = { status: "yellow", reasons: [REASON] };
const WAITING = { status: "queued", stages: at(-1), step: null, queued_time: "2026-11-22T09:59:00Z" };
const SCORED = { live_accuracy: 0.97, estimated_remaining: 12, estimated_range: [9, 15] };

const MOMENTS: [string, Fields, Fields][] = [
  ["queued", WAITING, { activity: [] }],
  ["in line", WAITING, { activity: said(1), server: { max_concurrent_runs: 1 }, runs: [stateOf({ run_id: "a" })] }],
  ["begun", { ...START, current_stage: null, stages: at(-1), step: null }, { activity: said(1) }],
  ["loading", { ...START, current_stage: "load_data", stages: at(1), step: null }, { activity: said(2) }],
  ["no steps yet", { ...TRAIN, step: null, total_steps: null }, { activity: said(3) }],
  ["steps", { ...TRAIN, ...SCORED, step: 1465, total_steps: 6000 }, { activity: said(3) }],
  ["strained", { ...TRAIN, ...SCORED, step: 1465, total_steps: 6000 }, { activity: said(3), health: STRAINED }],
  ["stopping", { ...TRAIN, ...SCORED, status: "stopping", step: 1500, total_steps: 6000 }, { activity: said(3) }],
  ["completed", { ...END, result: { test: { accuracy: 0.9694 }, rows: { test: 360 } } }, { activity: said(4) }],
]; // prettier-ignore

interface Panel {
  element: HTMLElement;
  show: (run: Fields, around: Fields) => Promise<void>;
}

function panel(width: number): Panel {
  const kernel = new Kernel();
  const element = place();
  element.style.width = `${width}px`;
  installStyles(element);
  render(<RunPanel feed={feedOf(kernel)} show={null} />, element);
  let offset = 0;
  const show = async (run: Fields, around: Fields): Promise<void> => {
    offset += 1;
    const runs = [stateOf(run), ...((around["runs"] as Fields[] | undefined) ?? [])];
    const snapshot = { type: "snapshot", log_id: "log-a", offset, data: { ...around, runs } };
    kernel.tell({ type: "messages", connection: "live", messages: [snapshot] });
    await pass(60);
  };
  return { element, show };
}

const box = (element: HTMLElement, selector: string): DOMRect => element.querySelector(selector)!.getBoundingClientRect();

let ends = 0;

/** Another end each time: what was told once is not told again. */
function ended(run: Fields): Fields {
  ends += 1;
  return { ...run, end_time: `2026-11-22T10:01:0${ends}.000Z` };
}

/** The views agree first who tells it. */
async function toldIn(element: HTMLElement): Promise<void> {
  for (let moment = 0; moment < 50 && !element.querySelector(".jpp-notice"); moment += 1) await pass(60);
}

async function played(width: number): Promise<Fields> {
  const { element, show } = panel(width);
  const heights: [string, number][] = [];
  const height = (): number => Math.round(box(element, ".jpp-panel").height * 10) / 10;
  for (const [name, run, around] of MOMENTS) {
    await show(run["status"] === "completed" ? ended(run) : run, around);
    if (run["status"] === "completed") await toldIn(element);
    heights.push([name, height()]);
  }
  const notices = [...element.querySelectorAll<HTMLElement>(".jpp-notice")].map((notice) => notice.innerText);
  const covered = box(element, ".jpp-notice").bottom <= box(element, ".jpp-bar").top;
  buttonIn(element, "×").click();
  await pass(60);
  heights.push(["dismissed", height()]);
  return { heights, notices, covered, left: element.querySelectorAll(".jpp-notice").length };
}

async function failed(): Promise<Fields> {
  const { element, show } = panel(880);
  await show({ ...TRAIN, step: 3 }, {});
  const error = { type: "KeyError", message: "no column 'age'", stage: "train" };
  await show(ended({ ...TRAIN, status: "failed", error }), {
    activity: [{ id: "f", run_id: RUN_ID, level: "error", kind: "training_failed", text: "digits failed in Train: KeyError: no column 'age'" }],
  }); // prettier-ignore
  await toldIn(element);
  return { notice: element.querySelector<HTMLElement>(".jpp-notice")?.innerText, words: seenIn(element) };
}

/** What is seen: all but what is there for the ears alone. */
function seenIn(element: HTMLElement): string {
  const parts = element.querySelectorAll<HTMLElement>("article > :not(.jpp-spoken)");
  return [...parts].map((part) => part.innerText).join("\n");
}

/** The header of a run with a long name and tags: one line, the connection at its end. */
async function header(width: number): Promise<Fields> {
  const { element, show } = panel(width);
  const result = { stopped: true, steps: { done: 371, total: 30_000 } };
  await show({ ...TRAIN, name: LONG_NAME, tags: ["a", "nightly", "on the large machine"] }, {});
  const [line, mark] = [box(element, ".jpp-header"), box(element, ".jpp-connection")];
  const name = element.querySelector<HTMLElement>(".jpp-name")!;
  const seen = {
    height: line.height,
    gapRight: Math.round(line.right - mark.right),
    isMarkInLine: mark.top >= line.top && mark.bottom <= line.bottom,
    nameWidth: name.clientWidth,
    isCut: name.scrollWidth > name.clientWidth,
    title: name.title,
  };
  await show({ ...END, name: LONG_NAME, result }, {});
  return { ...seen, stoppedHeight: box(element, ".jpp-header").height };
}

/** What stands at the left edge, without and with a pointer over it. */
async function edges(): Promise<Fields> {
  const { element, show } = panel(880);
  await show(WAITING, {});
  const bar = box(element, ".jpp-bar").left;
  const cancel = buttonIn(element, "Cancel");
  const words = document.createRange();
  words.selectNodeContents(cancel);
  const background = [...document.styleSheets, ...document.adoptedStyleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule): rule is CSSStyleRule => rule instanceof CSSStyleRule && rule.selectorText.includes(".jpp-quiet:hover"))
    .map((rule) => rule.style.background);
  return { cancel: words.getBoundingClientRect().left - bar, box: cancel.getBoundingClientRect().left - bar, background };
}

/** Whether a gauge's amounts are cut in a narrow panel. */
async function amounts(): Promise<Fields> {
  const { element, show } = panel(330);
  const gauge = { percent: 75.2, used: 19.04e9, limit: 25.28e9 };
  const resources = { cpu: 163, memory: 612e6, peak_memory: 791e6, limit: 2e9 };
  const cost = { resources, monitoring_overhead: 0.012, spec: { max_overhead: 0.03 } };
  await show({ ...TRAIN, ...cost }, { health: { status: "green", cpu: { percent: 50, used: 2, limit: 2 }, memory: gauge, disk: gauge } });
  buttonIn(element, "Details").click();
  await pass(60);
  const details = [...element.querySelectorAll<HTMLElement>(".jpp-meter-detail")];
  return { told: details.map((detail) => detail.innerText), cut: details.filter((d) => d.scrollWidth > d.clientWidth).length };
}

answer(async () => ({
  played: { 330: await played(330), 500: await played(500), 880: await played(880) },
  failed: await failed(),
  headers: [await header(330), await header(880)],
  edges: await edges(),
  amounts: await amounts(),
}));
