/** Charts of one run and of several, pointed at, zoomed, read as tables; with values of any size. */

import { render } from "preact";
import { drawNoMore, drawSoon } from "../../../src/view/charts/drawing_queue";
import { MetricCharts, type ChartRun } from "../../../src/view/charts/MetricCharts";
import { RunPanel } from "../../../src/view/Panel";
import { installStyles } from "../../../src/view/styles";
import { PanelFeed } from "../../../src/transport/panel_feed";
import type { Point } from "../../../src/model/wire";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, buttonIn, pass, place, RUN_ID, stateOf } from "./scene";

const line = (value: (step: number) => number | null, steps = 201): Point[] =>
  Array.from({ length: steps }, (_, step) => [step, value(step)]);

const SERIES: Record<string, Point[]> = {
  "val/loss": line((step) => 2 / (step + 1), 101).map(([step, value]) => [step * 2, value]),
  "train/loss": line((step) => 1 / (step + 1)),
  gaps: line((step) => (step > 50 && step < 90 ? null : step)),
  huge: line((step) => 1e300 * (step + 1)),
  tiny: line((step) => 1e-300 * (step + 1)),
  both: line((step) => (step % 2 ? 1e300 : -1e300)),
  one: [[7, 3.25]],
  none: line(() => null, 5),
  flat: line(() => 0),
  ["long name ".repeat(20)]: line((step) => step),
};

function drawn(width: number, view: preact.ComponentChild): HTMLElement {
  const element = place();
  element.style.width = `${width}px`;
  installStyles(element);
  render(view, element);
  return element;
}

const chartOf = (element: HTMLElement, title: string): HTMLElement =>
  element.querySelector<HTMLElement>(`.jpp-chart[aria-label="${title}"]`)!;

const titles = (element: HTMLElement): string[] =>
  [...element.querySelectorAll<HTMLElement>(".jpp-chart h4")].map((title) => title.innerText);

const legend = (chart: HTMLElement): string =>
  [".jpp-legend", ".jpp-chart-step"].map((part) => chart.querySelector<HTMLElement>(part)!.innerText.replace(/\s+/g, " ").trim()).join(" ");

/** Whether a plot has something of a line's colour. */
function hasLine(chart: HTMLElement): boolean {
  const canvas = chart.querySelector("canvas")!;
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    const [red, , blue, alpha] = data.slice(at, at + 4);
    if (alpha! > 150 && blue! - red! > 60) return true;
  }
  return false;
}

function mouse(chart: HTMLElement, type: string, share: number): void {
  const over = chart.querySelector<HTMLElement>(".u-over")!;
  const box = over.getBoundingClientRect();
  const at = { clientX: box.left + share * box.width, clientY: box.top + box.height / 2, bubbles: true, button: 0, movementX: 9 };
  (type === "mouseup" ? document : over).dispatchEvent(new MouseEvent(type, at));
}

async function drag(chart: HTMLElement, from: number, to: number): Promise<void> {
  for (const [type, share] of [["mousemove", from], ["mousedown", from], ["mousemove", to], ["mouseup", to]] as const) {
    mouse(chart, type, share);
    await pass(30);
  } // prettier-ignore
}

const slider = (chart: HTMLElement): HTMLElement => chart.querySelector<HTMLElement>("[role=slider]")!;

async function press(chart: HTMLElement, ...keys: string[]): Promise<string> {
  slider(chart).focus();
  for (const key of keys) slider(chart).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await pass(50);
  return slider(chart).getAttribute("aria-valuetext") ?? "";
}

/** What is written at the axis of steps can only be seen; so a zoom is told by where the pointer's step is. */
async function pointedAt(chart: HTMLElement, share: number): Promise<string> {
  mouse(chart, "mousemove", share);
  await pass(50);
  return /step [\d,.]+/.exec(legend(chart))?.[0] ?? "";
}

async function oneRun(): Promise<Record<string, unknown>> {
  const runs: ChartRun[] = [{ run_id: "a", name: "a", series: SERIES }];
  const element = drawn(800, <MetricCharts runs={runs} />);
  await pass(100);
  const first = titles(element);
  buttonIn(element, "Show").click();
  await pass(100);
  const all = titles(element);
  const lines: Record<string, boolean> = {};
  for (const title of ["loss", "gaps", "huge", "tiny", "both", "one", "flat"]) {
    chartOf(element, title).scrollIntoView();
    await pass(80);
    lines[title] = hasLine(chartOf(element, title));
  }
  const loss = chartOf(element, "loss");
  loss.scrollIntoView();
  await pass(100);
  const idle = legend(loss);
  const places = (): number[] => [...loss.querySelectorAll(".jpp-legend > *, .jpp-legend-value")].map((part) => part.getBoundingClientRect().left);
  const before = places();
  const pointed = { step: await pointedAt(loss, 0.5), words: legend(loss), others: legend(chartOf(element, "huge")) };
  const moved = places().some((left, index) => Math.abs(left - before[index]!) > 0.5);
  mouse(loss, "mouseleave", 2);
  await pass(50);
  const left = legend(loss);
  const zoomed = await zooms(element, loss);
  const table = await tables(element);
  const log = await logs(element);
  const smooth = await smooths(element, loss);
  const found = await finds(element);
  const cut = [...element.querySelectorAll<HTMLElement>(".jpp-chart")].filter((chart) => chart.scrollWidth > chart.clientWidth + 1).length;
  return { first, all, lines, idle, pointed, moved, left, zoomed, table, log, smooth, found, cut };
}

async function zooms(element: HTMLElement, loss: HTMLElement): Promise<Record<string, unknown>> {
  const whole = await pointedAt(loss, 0.99);
  const button = element.querySelector<HTMLButtonElement>(".jpp-charts-bar button")!;
  const isAway = getComputedStyle(button).visibility;
  await drag(loss, 0.25, 0.5);
  const dragged = [await pointedAt(loss, 0.01), await pointedAt(loss, 0.99)];
  const isThere = getComputedStyle(button).visibility;
  button.click();
  await pass(50);
  const back = await pointedAt(loss, 0.99);
  await drag(loss, 0.25, 0.5);
  mouse(loss, "dblclick", 0.5);
  await pass(50);
  const doubled = await pointedAt(loss, 0.99);
  const keys = [await press(loss, "End"), await press(loss, "ArrowLeft"), await press(loss, "Home", "ArrowRight", "ArrowRight")];
  await press(loss, "Home", "+", "+");
  const closer = await pointedAt(loss, 0.99);
  await press(loss, "Escape");
  return { whole, isAway, dragged, isThere, back, doubled, keys, closer, escaped: await pointedAt(loss, 0.99) };
}

async function tables(element: HTMLElement): Promise<Record<string, unknown>> {
  const loss = chartOf(element, "loss");
  const height = loss.getBoundingClientRect().height;
  const read = loss.querySelector("table")!.rows.length;
  buttonIn(loss, "Table").click();
  await pass(50);
  const rows = [...loss.querySelectorAll("table")[0]!.rows].map((row) => row.innerText.trim().split(/\s+/));
  const same = loss.getBoundingClientRect().height === height;
  const seen = loss.querySelectorAll("canvas").length;
  buttonIn(loss, "Table").click();
  await pass(50);
  return { read, rows, same, seen, back: loss.querySelectorAll("canvas").length };
}

async function logs(element: HTMLElement): Promise<Record<string, unknown>> {
  const loss = chartOf(element, "loss");
  const before = loss.querySelector("canvas")!.toDataURL();
  buttonIn(loss, "Log").click();
  await pass(50);
  const pressed = buttonIn(loss, "Log").getAttribute("aria-pressed");
  const isOther = loss.querySelector("canvas")!.toDataURL() !== before;
  buttonIn(loss, "Log").click();
  const zero = buttonIn(chartOf(element, "flat"), "Log");
  zero.click();
  await pass(50);
  return { pressed, isOther, refused: [zero.getAttribute("aria-pressed"), zero.getAttribute("aria-disabled"), zero.title] };
}

async function smooths(element: HTMLElement, loss: HTMLElement): Promise<Record<string, unknown>> {
  const input = element.querySelector<HTMLInputElement>("input[type=range]")!;
  const before = loss.querySelector("canvas")!.toDataURL();
  input.value = "0.9";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await pass(80);
  return { words: element.querySelector("output")!.innerText, isOther: loss.querySelector("canvas")!.toDataURL() !== before };
}

async function finds(element: HTMLElement): Promise<string[]> {
  const input = element.querySelector<HTMLInputElement>("input[type=search]")!;
  const type = async (words: string): Promise<string> => {
    input.value = words;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await pass(50);
    return titles(element).join() || element.querySelector<HTMLElement>(".jpp-empty")!.innerText;
  };
  return [await type("VAL/"), await type("nothing of it"), await type("")];
}

/** Ten runs over each other, some of one name. */
async function severalRuns(): Promise<Record<string, unknown>> {
  const runs = Array.from({ length: 10 }, (_, run): ChartRun => ({
    run_id: `20261122-100000-00000${run}aa`,
    name: run < 2 ? "twin" : `run ${run}`,
    series: {
      live_accuracy: line((step) => 1 - 1 / (step + 2 + run), 50 + 10 * run),
      "train/loss": line((step) => (run + 1) / (step + 1)),
      "val/loss": line((step) => (run + 2) / (step + 1)),
    },
  }));
  const element = drawn(800, <MetricCharts runs={runs} />);
  await pass(100);
  const accuracy = chartOf(element, "Live accuracy");
  const loss = chartOf(element, "loss");
  accuracy.scrollIntoView();
  await pass(100);
  const names = [...accuracy.querySelectorAll<HTMLElement>(".jpp-legend-name")].map((name) => name.innerText);
  const looks = [...accuracy.querySelectorAll<SVGLineElement>(".jpp-swatch line")].map(
    (swatch) => `${swatch.style.stroke} ${swatch.getAttribute("stroke-dasharray")}`,
  );
  await pointedAt(accuracy, 0.999);
  const beyond = [...accuracy.querySelectorAll<HTMLElement>(".jpp-legend-value")].map((value) => value.innerText);
  const both = { keys: loss.querySelectorAll(".jpp-legend-key").length, values: loss.querySelectorAll(".jpp-legend-value").length };
  // Somebody takes runs out of the comparison.
  render(<MetricCharts runs={runs.slice(0, 2)} />, element);
  await pass(50);
  const fewer = [...chartOf(element, "loss").querySelectorAll<HTMLElement>(".jpp-legend-name")].map((name) => name.innerText);
  const broken = element.querySelectorAll(".jpp-broken").length;
  await pass(1200);
  const columns = chartOf(element, "loss").querySelectorAll("thead th").length;
  render(null, element);
  return { names, looks, beyond, both, fewer, broken, columns };
}

/** Hundreds of metrics in a panel: what is asked of the server, what is drawn. */
async function hundreds(): Promise<Record<string, unknown>> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  const letters = (index: number): string => String.fromCharCode(97 + (index % 26)) + String.fromCharCode(97 + Math.floor(index / 26));
  const series = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`m,${letters(index)}`, line((step) => Math.sin(step + index))]));
  server.series = series;
  const metrics = Object.fromEntries(Object.keys(series).map((name) => [name, 1]));
  server.runs = [stateOf({ kind: "custom", metrics, status: "completed", progress: 100 })];
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: RUN_ID, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(500);
  const element = drawn(800, <RunPanel feed={feed} show={null} />);
  await pass(100);
  buttonIn(element, "Details").click();
  await pass(300);
  const names = (): string[] =>
    server.asked
      .filter((path) => path.includes("/metrics"))
      .flatMap((path) => new URL(path, "http://a/").searchParams.get("names")!.split(","));
  const atFirst = { charts: titles(element), asked: names() };
  for (let more = 0; more < 20; more += 1) {
    const button = [...element.querySelectorAll("button")].find((found) => /^Show .* more$/.test(found.innerText));
    button?.click();
    await pass(20);
  }
  await pass(300);
  const shown = { charts: titles(element).length, canvases: element.querySelectorAll("canvas").length, asked: new Set(names()).size };
  const last = [...element.querySelectorAll<HTMLElement>(".jpp-chart")].at(-1)!;
  last.scrollIntoView();
  await pass(400);
  const drawnLast = hasLine(last);
  const asked = names();
  return { atFirst, shown, drawnLast, repeated: asked.length - new Set(asked).size };
}

/** In which frame each of several plots was drawn that were all to be drawn at once, and one of them twice. */
async function turns(): Promise<number[]> {
  let frame = 0;
  let isOver = false;
  const count = (): void => {
    frame += 1;
    if (!isOver) requestAnimationFrame(count);
  };
  await pass(50);
  const drawnIn: number[] = [];
  const plots = [4000, 1000, 9000, 2000, 2000].map((cost, index) => ({
    cost,
    drawNow: () => (drawnIn[index] = (drawnIn[index] ?? 0) * 100 + frame),
  }));
  requestAnimationFrame(count);
  for (const plot of [...plots, plots[4]!]) drawSoon(plot);
  const gone = { cost: 1, drawNow: () => drawnIn.push(-1) };
  drawSoon(gone);
  drawNoMore(gone);
  await pass(200);
  isOver = true;
  return drawnIn;
}

/** Each of the colours as it is seen on a theme, and what is behind it. */
function colours(text: string, back: string): number[][] {
  const element = drawn(100, null);
  element.style.setProperty("--jp-ui-font-color1", text);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const seen = (colour: string): number[] => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const hues = Array.from({ length: 8 }, (_, index) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--jpp-hue-${index + 1})`;
    element.append(probe);
    return seen(getComputedStyle(probe).color);
  });
  return [seen(back), ...hues];
}

answer(async () => ({
  turns: await turns(),
  colours: { light: colours("#1f2328", "#ffffff"), dark: colours("#e8eaed", "#1a1e23"), lab: colours("#ffffffde", "#212121") },
  one: await oneRun(),
  several: await severalRuns(),
  hundreds: await hundreds(),
}));
