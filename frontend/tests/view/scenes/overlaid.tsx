/** Runs drawn behind the one that the page shows: offered, found, drawn, streamed on, linked to, gone. */

import axe from "axe-core";
import { render } from "preact";
import { RestError } from "../../../src/transport/rest";
import { answer, asThePage, buttonIn, pass, RUN_ID, stateOf } from "./scene";
import { opened, type Opened } from "./place_page";
import { texts, type PlaceServer } from "./place_server";

type Fields = Record<string, unknown>;

const BESIDE = "20261122-100001-0000002c";
const GONE = "20261120-000000-0000002f";
const END = { status: "completed", end_time: "2026-11-21T10:01:00.000Z" };
const earlier = (number: number): string => `20261121-1000${String(number).padStart(2, "0")}-0000002b`;
const losses = (scale: number): [number, number][] => Array.from({ length: 50 }, (_, step) => [step, scale / (step + 1)]);

/** Ten runs of the same name, of which none is in the snapshot, one at work beside it, and one of another name. */
function prepare(server: PlaceServer): void {
  server.runs = [stateOf({ metrics: { loss: 0.02 } }), stateOf({ run_id: BESIDE, name: "beside", metrics: { loss: 0.1 } })];
  const same = Array.from({ length: 10 }, (_, number) => stateOf({ ...END, run_id: earlier(9 - number), name: "digits" }));
  server.past = [...server.runs, ...same, stateOf({ ...END, run_id: "20261119-000000-0000002e", name: "of another name" })];
  server.answers[`runs/${earlier(9)}/metrics`] = { series: { loss: losses(2) } };
  server.answers[`runs/${BESIDE}/metrics`] = { series: { loss: losses(5).slice(0, 10) } };
  server.answers[`runs/${GONE}`] = new RestError(404, "unknown_run", "There is no such run");
  server.series = { loss: losses(1) };
}

function close({ page }: Opened): void {
  render(null, page);
  page.remove();
}

async function until(is: () => boolean, { wait }: Opened): Promise<void> {
  for (let tries = 0; !is(); tries += 1) {
    if (tries === 100) throw new Error(`still not: ${String(is)}`);
    await wait(20);
  }
}

const choices = (page: HTMLElement): HTMLInputElement[] => [...page.querySelectorAll<HTMLInputElement>(".jpp-picker input[type='checkbox']")];
const offered = (page: HTMLElement): string[] => texts(page, ".jpp-picker .jpp-choice-name");
const legend = (page: HTMLElement): string[] =>
  texts(page, ".jpp-legend-line").map((words) => words.replace(/\s+/g, " "));

async function pick(shown: Opened, index: number): Promise<void> {
  choices(shown.page)[index]!.click();
  await shown.wait();
}

async function open(shown: Opened): Promise<void> {
  buttonIn(shown.page, "Draw other runs").click();
  await until(() => shown.page.querySelector(".jpp-picker") !== null, shown);
  await shown.wait();
}

async function find(shown: Opened, words: string, name: string): Promise<void> {
  const field = shown.page.querySelector<HTMLInputElement>(".jpp-picker input[type='search']")!;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => offered(shown.page).length === 1 && offered(shown.page)[0] === name, shown);
}

/** Point at the middle of the plot. */
async function point(page: HTMLElement): Promise<void> {
  const over = page.querySelector<HTMLElement>(".u-over")!;
  const box = over.getBoundingClientRect();
  over.dispatchEvent(new MouseEvent("mousemove", { clientX: box.left + box.width / 2, clientY: box.top + 20, bubbles: true, movementX: 9 }));
  await pass(60);
}

/** Whether each run's colour is in the plot. */
function coloursDrawn(page: HTMLElement): boolean[] {
  const canvas = page.querySelector("canvas")!;
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
  return [...page.querySelectorAll<SVGLineElement>(".jpp-chart .jpp-legend-line line")].map((line) => {
    const probe = document.createElement("canvas").getContext("2d")!;
    probe.fillStyle = getComputedStyle(line).stroke;
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 255 && near(data[at]!, red!) && near(data[at + 1]!, green!) && near(data[at + 2]!, blue!)) return true;
    }
    return false;
  });
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 4;
}

async function faultsIn(page: HTMLElement): Promise<string[]> {
  const { violations } = await axe.run(page, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

async function choosing(): Promise<Fields> {
  const shown = await opened("#", prepare);
  const { page, server } = shown;
  await open(shown);
  const suggested = offered(page);
  const focused = document.activeElement!.getAttribute("type");
  await pick(shown, 0);
  const hash = location.hash;
  await until(() => legend(page).length === 2 && !legend(page)[1]!.includes("–"), shown);
  const first = legend(page);
  await find(shown, "beside", "beside");
  await pick(shown, 0);
  await until(() => legend(page).length === 3 && !legend(page)[2]!.includes("–"), shown);
  const faults = await faultsIn(page);
  document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await shown.wait();
  const back = (document.activeElement as HTMLElement).innerText;
  const drawn = coloursDrawn(page);
  const alone = legend(page);
  server.say({ type: "metrics_appended", run_id: BESIDE, revision: 1, data: { series: { loss: [[10, 0.25]] }, from: { loss: 9 } } });
  await shown.wait();
  const grown = legend(page);
  await point(page);
  const pointed = legend(page);
  const heads = (): string[] => texts(page, ".jpp-chart-table thead th");
  // What nobody sees of it is written anew more seldom than the chart.
  await until(() => heads().length === 4, shown);
  const table = heads();
  const asked = new Set(server.asked.filter((path) => path.includes("/metrics?")).map((path) => path.split("/")[1]));
  const result = { suggested, focused, hash, first, alone, back, drawn, grown, pointed, table, asked: asked.size, faults };
  close(shown);
  return result;
}

async function linked(): Promise<Fields> {
  const shown = await opened(`#run=${RUN_ID}&with=${earlier(9)},${GONE},${RUN_ID}`, prepare);
  const { page, server } = shown;
  await until(() => legend(page).length === 2 && page.querySelector(".jpp-behind-absent.jpp-problem") !== null, shown);
  const lines = legend(page);
  const said = texts(page, ".jpp-behind-absent");
  const beside = page.querySelector<HTMLAnchorElement>(".jpp-behind > a")!.getAttribute("href");
  server.past = server.past.filter((run) => run["run_id"] !== earlier(9));
  server.add("run_deleted", earlier(9), {});
  await until(() => texts(page, ".jpp-behind-absent.jpp-problem").length === 2, shown);
  const deleted = { lines: legend(page), said: texts(page, ".jpp-behind-absent") };
  page.querySelector<HTMLElement>(`[aria-label="Do not draw ${GONE}"]`)!.click();
  await shown.wait();
  const left = location.hash;
  close(shown);
  return { lines, said, beside, deleted, left };
}

async function most(): Promise<Fields> {
  const ids = Array.from({ length: 9 }, (_, number) => earlier(9 - number));
  const shown = await opened(`#run=${RUN_ID}&with=${ids.join(",")}`, prepare);
  const { page } = shown;
  await until(() => legend(page).length === 8, shown);
  await open(shown);
  const state = choices(page).map(({ checked, disabled }) => `${checked ? "on" : "off"}${disabled ? ", refused" : ""}`);
  const said = page.querySelector<HTMLElement>(".jpp-picker > .jpp-hint")!.innerText;
  await pick(shown, 0);
  const hash = location.hash;
  // Faster than an address tells of its change.
  for (const choice of choices(page).slice(1, 3)) choice.click();
  await shown.wait();
  const hurried = location.hash;
  const isWithin = page.scrollWidth <= page.clientWidth;
  close(shown);
  return { lines: 8, on: state.filter((one) => one === "on").length, refused: state.filter((one) => one === "off, refused").length, said, hash, hurried, isWithin };
}

answer(async () => {
  await asThePage();
  return { choosing: await choosing(), linked: await linked(), most: await most() };
});
