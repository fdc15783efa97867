/** The place for activity: filtered, paged, live, and held back while somebody reads further down. */

import { render } from "preact";
import { texts, type PlaceServer } from "./place_server";
import { opened, type Opened } from "./place_page";
import { answer, buttonIn, pass, RUN_ID, stateOf } from "./scene";

const LEVELS = ["info", "success", "warning", "error"];
const OLD_RUN = "20261101-100000-0000002c";

/** Two hundred lines; every fourth is an error, every tenth about the run, every eleventh about an older one. */
function logged(server: PlaceServer): void {
  server.runs = [stateOf()];
  for (let number = 1; number <= 200; number += 1) {
    const run = number % 10 === 0 ? RUN_ID : number % 11 === 0 ? OLD_RUN : null;
    const kind = run === RUN_ID ? "stage_completed" : "note";
    const text = run === RUN_ID ? `digits: Stage ${number} done` : `line ${number}`;
    server.line(LEVELS[number % 4]!, text, run, kind);
  }
}

const lines = (page: Element): string[] => texts(page, ".jpp-told-text");

/** Scroll to the end, again and again, until there is no more. */
async function untilEnd({ page, wait }: Opened): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const end = page.querySelector<HTMLElement>(".jpp-activity-older")!;
    if (!/Load/.test(end.innerText)) return;
    // As a hand does, which never lies still: Chromium may miss one scroll that comes just as it begins to observe.
    scrollBy(0, -40);
    await pass(20);
    end.scrollIntoView();
    await wait();
  }
}

async function seenAll(): Promise<Record<string, unknown>> {
  const at = await opened("#activity", logged);
  const { page, server, wait } = at;
  const links = [...page.querySelectorAll("a.jpp-told-about")].slice(0, 3).map((link) => [link.textContent, link.getAttribute("href")]);
  await untilEnd(at);
  const all = lines(page);
  const end = texts(page, ".jpp-activity-older")[0];
  // Somebody reads at the end, while three lines come.
  const seenAt = page.querySelector(".jpp-activity-day:last-of-type li:last-of-type")!;
  const before = seenAt.getBoundingClientRect().top;
  for (const number of [201, 202, 203]) server.line("info", `line ${number}`);
  await wait();
  const held = { pill: texts(page, ".jpp-pill")[0], moved: seenAt.getBoundingClientRect().top - before, first: lines(page)[0] };
  await pass(1700);
  const announced = texts(page, "[role='status'].jpp-spoken").concat(page.querySelector("[role='status']")!.textContent!).at(-1);
  buttonIn(page, "3 new").click();
  await pass(900);
  const shown = { first: lines(page).slice(0, 3), pill: texts(page, ".jpp-pill").length };
  render(null, page);
  page.remove();
  return { links, count: all.length, unique: new Set(all).size, ends: [all[0], all.at(-1)], end, held, announced, shown };
}

async function seenFiltered(): Promise<Record<string, unknown>> {
  const at = await opened("#activity?level=error", logged);
  const { page, server, wait } = at;
  await untilEnd(at);
  const errors = lines(page).length;
  const asked = server.asked.filter((path) => path.startsWith("activity?"));
  server.line("info", "not wanted");
  server.line("error", "wanted at once");
  scrollTo(0, 0);
  await wait();
  const live = lines(page)[0];
  const history = window.history.length;
  const find = page.querySelector<HTMLInputElement>(".jpp-find-field")!;
  find.value = "line 1";
  find.dispatchEvent(new Event("input", { bubbles: true }));
  await pass(400);
  await wait();
  await untilEnd(at);
  const words = { lines: lines(page).length, hash: location.hash, added: window.history.length - history };
  page.querySelector<HTMLSelectElement>("select[aria-label='What it is about']")!.value = "run_deleted";
  page.querySelector("select")!.dispatchEvent(new Event("change", { bubbles: true }));
  await wait();
  await wait();
  const none = { words: texts(page, ".jpp-activity-nothing")[0], hash: location.hash };
  buttonIn(page, "Show everything").click();
  await wait();
  const everything = { hash: location.hash, typed: find.value, first: lines(page)[0] };
  render(null, page);
  page.remove();
  return { errors, asked, live, words, none, everything };
}

/** A page that slept through many lines, and a server that refuses one page. */
async function seenBroken(): Promise<Record<string, unknown>> {
  const at = await opened("#activity?level=error", (server) => {
    logged(server);
    server.activityInSnapshot = 5;
  });
  const { page, server, wait, clock } = at;
  await untilEnd(at);
  server.fallSilent();
  server.restStatus = 0;
  await clock.pass(20_000);
  for (let number = 201; number <= 320; number += 1) server.line(LEVELS[number % 4]!, `line ${number}`);
  server.logId = "log-a";
  server.restStatus = 200;
  await clock.pass(40_000);
  await wait();
  await untilEnd(at);
  const joined = lines(page);
  const expected = 80;
  render(null, page);
  page.remove();

  const refused = await opened("#activity", (plain) => {
    logged(plain);
  });
  refused.server.answers["activity?"] = { activity: [], next: null };
  refused.server.restStatus = 503;
  refused.page.querySelector(".jpp-activity-older")!.scrollIntoView();
  await refused.wait();
  const problem = texts(refused.page, ".jpp-activity-older")[0];
  const kept = lines(refused.page).length;
  refused.server.restStatus = 200;
  delete refused.server.answers["activity?"];
  buttonIn(refused.page, "Try again").click();
  await refused.wait();
  const after = lines(refused.page).length;
  render(null, refused.page);
  refused.page.remove();
  return { joined: joined.length, unique: new Set(joined).size, expected, problem, kept, isMore: after > kept };
}

async function seenEmptyAndDenied(): Promise<Record<string, unknown>> {
  const empty = await opened("#activity", () => undefined);
  const nothing = texts(empty.page, ".jpp-activity-nothing, .jpp-activity-older");
  render(null, empty.page);
  empty.page.remove();
  const denied = await opened("#activity", (server) => {
    server.acceptsSockets = false;
    server.restStatus = 403;
  });
  await denied.wait(3000);
  const words = texts(denied.page, ".jpp-caution, .jpp-activity-older");
  return { nothing, words };
}

answer(async () => ({
  all: await seenAll(),
  filtered: await seenFiltered(),
  broken: await seenBroken(),
  rest: await seenEmptyAndDenied(),
}));
