/** The history of three thousand runs: what is in the document of them, found, ordered, changed, compared. */

import axe from "axe-core";
import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, asThePage, buttonIn, pass, place, stateOf } from "./scene";

const COUNT = 3000;

function pastRun(number: number): Record<string, unknown> {
  const run_id = `20261122-${String(100_000 + number)}-0000002b`;
  const queued_time = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
  const result = { test: { accuracy: number / COUNT }, confusion_matrix: [[number, 1], [2, 3]] };
  return stateOf({ run_id, name: `run ${number}`, status: "completed", queued_time, elapsed_time: number, result, tags: [] });
}

interface Opened {
  page: HTMLElement;
  server: LoggingServer;
  clock: Clock;
  close: () => void;
}

async function opened(hash: string, width: number, count = COUNT): Promise<Opened> {
  location.hash = hash;
  const clock = new Clock();
  const server = new LoggingServer(clock);
  server.past = Array.from({ length: count }, (_, index) => pastRun(count - 1 - index));
  server.runs = server.past.slice(0, 20).map((run) => ({ ...run }));
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: null, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(100);
  const page = place();
  page.style.width = `${width}px`;
  render(<Page feed={feed} />, page);
  await pass(400);
  return { page, server, clock, close: () => (render(null, page), page.remove()) };
}

function names(page: HTMLElement): string[] {
  return [...page.querySelectorAll<HTMLElement>(".jpp-history-link")].map((link) => link.innerText);
}

function rowOf(page: HTMLElement, name: string): HTMLElement {
  const link = [...page.querySelectorAll<HTMLElement>(".jpp-history-link")].find((one) => one.innerText === name);
  if (!link) throw new Error(`no row ${name} among ${names(page).slice(0, 5).join()}`);
  return link.closest<HTMLElement>("[role='row']")!;
}

async function write(field: HTMLInputElement | HTMLTextAreaElement, words: string): Promise<void> {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await pass(50);
}

async function press(element: Element, key: string): Promise<void> {
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await pass(100);
}

async function until(is: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !is(); await pass(30)) {
    if (performance.now() > end) throw new Error(`still not: ${String(is)}`);
  }
}

/** What axe finds fault with, in words. */
async function faultsIn(page: HTMLElement): Promise<string[]> {
  const { violations } = await axe.run(page, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

async function accessible(): Promise<Record<string, string[]>> {
  const { page, close } = await opened("#history", 1200);
  const faults: Record<string, string[]> = {};
  rowOf(page, "run 2999").querySelector<HTMLElement>("input")!.click();
  rowOf(page, "run 2998").querySelector<HTMLElement>("input")!.click();
  for (const menu of ["Tags", "Metric"]) {
    buttonIn(page, menu).click();
    await pass(100);
    faults[menu] = await faultsIn(page);
  }
  await press(document.activeElement!, "Escape");
  rowOf(page, "run 2999").querySelector<HTMLElement>("[aria-label='Rename run 2999']")!.click();
  await pass(50);
  faults["renaming"] = await faultsIn(page);
  await press(page.querySelector("[aria-label='Name of the run']")!, "Escape");
  page.querySelector<HTMLElement>("[aria-label='Change run 2999']")!.click();
  await pass(200);
  buttonIn(page.querySelector<HTMLElement>("dialog")!, "Add notes").click();
  buttonIn(page.querySelector<HTMLElement>("dialog")!, "Delete").click();
  await pass(100);
  faults["dialog"] = await faultsIn(page);
  buttonIn(page.querySelector<HTMLElement>("dialog")!, "Done").click();
  await pass(50);
  buttonIn(page.querySelector<HTMLElement>(".jpp-bulk")!, "Compare").click();
  await pass(300);
  faults["comparison"] = await faultsIn(page);
  close();
  const cards = await opened("#history", 390, 40);
  faults["cards"] = await faultsIn(cards.page);
  cards.close();
  return faults;
}

async function scrolling(): Promise<unknown> {
  const { page, server, close } = await opened("#history", 1200);
  const box = page.querySelector<HTMLElement>(".jpp-history-box")!;
  const table = page.querySelector("[role='table']")!;
  const first = { names: names(page).slice(0, 3), drawn: names(page).length, rowCount: table.getAttribute("aria-rowcount") };
  let most = 0;
  const watching = new MutationObserver(() => (most = Math.max(most, names(page).length)));
  watching.observe(page, { childList: true, subtree: true });
  for (let at = 0; at < 40; at += 1) {
    box.scrollTop += 3000;
    await pass(0);
  }
  box.scrollTop = 1e9;
  await until(() => names(page).at(-1) === "run 0");
  watching.disconnect();
  const last = rowOf(page, "run 0");
  const end = {
    index: last.getAttribute("aria-rowindex"),
    most,
    pages: server.asked.filter((path) => path.startsWith("runs?")).length,
    isInSight: last.getBoundingClientRect().bottom <= box.getBoundingClientRect().bottom + 1,
  };
  const led: string[] = [];
  box.scrollTop = 0;
  await pass(100);
  rowOf(page, "run 2999").querySelector<HTMLElement>("a")!.focus();
  for (const key of ["ArrowDown", "PageDown", "End", "ArrowUp", "Home"]) {
    const from = document.activeElement!;
    await press(from, key);
    // A row that is far away is drawn first, and has the focus then.
    await until(() => document.activeElement !== from && document.activeElement !== document.body);
    led.push((document.activeElement as HTMLElement).innerText);
  }
  close();
  return { first, end, led };
}

async function finding(): Promise<unknown> {
  const { page, server, close } = await opened("#history?q=run+29", 1200);
  const words = page.querySelector<HTMLInputElement>("input[type='search']")!;
  const linked = { words: words.value, first: names(page)[0], said: page.querySelector<HTMLElement>(".jpp-history-said")!.innerText };
  await write(words, "run 123");
  await until(() => names(page).length === 11);
  const found = { hash: location.hash, names: names(page) };
  buttonIn(page, "Run").click();
  await until(() => names(page)[1] === "run 1230");
  const header = page.querySelector("[role='columnheader'][aria-sort='ascending']")!;
  const ordered = { names: names(page).slice(0, 3), header: (header as HTMLElement).innerText, hash: location.hash };
  await write(words, "nothing of this");
  await until(() => names(page).length === 0);
  const nothing = page.querySelector<HTMLElement>(".jpp-history-empty")!.innerText;
  buttonIn(page, "Show all runs").click();
  await until(() => names(page).length > 20);
  const asked = server.asked.filter((path) => path.startsWith("runs?q=run+123"));
  close();
  return { linked, found, ordered, nothing, cleared: location.hash, asked: asked.length };
}

async function changing(): Promise<unknown> {
  const { page, server, close } = await opened("#history", 1200);
  const rename = async (from: string, to: string): Promise<void> => {
    rowOf(page, from).querySelector<HTMLElement>("[aria-label^='Rename']")!.click();
    await pass(50);
    const field = page.querySelector<HTMLInputElement>("[aria-label='Name of the run']")!;
    await write(field, to);
    field.form!.requestSubmit();
    await pass(150);
  };
  server.refusal = "This name is taken elsewhere";
  await rename("run 2975", "best of all");
  const refused = { name: rowOf(page, "run 2975").innerText.split("\n")[0], said: page.querySelector<HTMLElement>("[role='status'].jpp-bulk-said")!.innerText };
  server.refusal = "";
  await rename("run 2975", "best of all");
  const renamed = rowOf(page, "best of all").getAttribute("aria-rowindex");
  for (const name of ["run 2990", "run 2978", "best of all"]) rowOf(page, name).querySelector<HTMLElement>("input")!.click();
  await pass(50);
  const bulk = page.querySelector<HTMLElement>(".jpp-bulk")!;
  await write(bulk.querySelector<HTMLInputElement>("[aria-label='Add a tag']")!, "kept");
  bulk.querySelector("form")!.requestSubmit();
  await pass(300);
  const tagged = names(page).filter((name) => rowOf(page, name).innerText.includes("kept"));
  // Somebody else renames an old run, and deletes another.
  const elsewhere = server.past.find((run) => run["name"] === "run 2974")!;
  elsewhere["name"] = "by another";
  server.add("run_updated", String(elsewhere["run_id"]), { name: "by another" });
  const gone = server.past.find((run) => run["name"] === "run 2973")!;
  server.past = server.past.filter((run) => run !== gone);
  server.add("run_deleted", String(gone["run_id"]), {});
  await pass(300);
  const others = { renamed: names(page).includes("by another"), deleted: !names(page).includes("run 2973") };
  buttonIn(bulk, "Delete").click();
  await pass(50);
  const question = bulk.innerText;
  const focused = (document.activeElement as HTMLElement).innerText;
  buttonIn(bulk, "Delete 3").click();
  await pass(400);
  const left = names(page).filter((name) => ["run 2990", "run 2978", "best of all"].includes(name));
  const said = page.querySelector<HTMLElement>(".jpp-bulk")!.innerText;
  const total = page.querySelector("[role='table']")!.getAttribute("aria-rowcount");
  close();
  return { refused, renamed, tagged, others, question, focused, left, said, total };
}

async function comparing(): Promise<unknown> {
  const { page, close } = await opened("#history", 1200);
  const pick = (name: string): void => rowOf(page, name).querySelector<HTMLElement>("input")!.click();
  pick("run 2999");
  await pass(50);
  const alone = buttonIn(page.querySelector<HTMLElement>(".jpp-bulk")!, "Compare").getAttribute("aria-description");
  pick("run 2975");
  await pass(50);
  buttonIn(page.querySelector<HTMLElement>(".jpp-bulk")!, "Compare").click();
  await until(() => page.querySelectorAll(".jpp-compare-run").length === 2);
  const heads = [...page.querySelectorAll<HTMLElement>(".jpp-compare-run a")].map((link) => link.innerText);
  const best = [...page.querySelectorAll<HTMLElement>(".jpp-compare-best")].map((cell) => cell.innerText);
  const matrices = page.querySelectorAll(".jpp-matrix").length;
  const hash = location.hash;
  page.querySelector<HTMLElement>("[aria-label='Take run 2975 out of the comparison']")!.click();
  await pass(200);
  const left = page.querySelectorAll(".jpp-compare-run").length;
  close();
  return { alone, heads, best, matrices, hash, left };
}

async function narrow(): Promise<unknown> {
  const { page, close } = await opened("#history", 390, 40);
  const box = page.querySelector<HTMLElement>(".jpp-history-box")!;
  const row = rowOf(page, "run 39");
  const seen = {
    isCards: box.classList.contains("jpp-cards"),
    isWithin: page.scrollWidth <= page.clientWidth && box.scrollWidth <= box.clientWidth,
    height: row.getBoundingClientRect().height,
    words: row.innerText.split("\n").map((word) => word.trim()).filter(Boolean).slice(0, 3),
    order: page.querySelector<HTMLSelectElement>("[aria-label='Order']")!.value,
  };
  close();
  return seen;
}

async function failing(): Promise<unknown> {
  const empty = await opened("#history", 1200, 0);
  const none = empty.page.querySelector<HTMLElement>(".jpp-history-empty")!.innerText;
  empty.close();
  const { page, server, clock, close } = await opened("#history", 1200, 100);
  server.restStatus = 500;
  buttonIn(page, "Run").click();
  await pass(200);
  const refused = page.querySelector<HTMLElement>(".jpp-history-said [role='alert']")!.innerText;
  server.restStatus = 0;
  server.acceptsSockets = false;
  server.breakSockets();
  await clock.pass(20_000);
  await pass(200);
  const offline = page.querySelector<HTMLElement>(".jpp-history-said")!.innerText;
  const rows = names(page).length;
  close();
  return { none, refused, offline, rows };
}

answer(async () => {
  await asThePage();
  const sheet = new CSSStyleSheet();
  // As high as a window, whatever this one is.
  sheet.replaceSync(".jpp-page:has(.jpp-history) { height: 900px; }");
  document.adoptedStyleSheets = [sheet];
  return {
    scrolling: await scrolling(),
    finding: await finding(),
    changing: await changing(),
    comparing: await comparing(),
    narrow: await narrow(),
    failing: await failing(),
    faults: await accessible(),
  };
});
