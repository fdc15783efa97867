/** The place for models: two hundred versions, putting one in service, trying it, and what is refused. */

import { render } from "preact";
import { RestError } from "../../../src/transport/rest";
import { texts, type PlaceServer } from "./place_server";
import { opened, type Opened } from "./place_page";
import { answer, buttonIn, pass, RUN_ID, stateOf } from "./scene";

const LONG = "Größe-数据-" + "x".repeat(80);

function detail(deployed: number | null, count: number): Record<string, unknown> {
  const versions = [];
  for (let version = 1; version <= count; version += 1) {
    const test = { accuracy: 0.5 + version / 1000, f1_macro: 0.4 };
    versions.push({ version, run_id: version % 2 ? RUN_ID : `gone-${version}`, time: "2026-11-22T10:00:00.000Z", result: { test } });
  }
  const inputs = [
    { name: "age", kind: "number" },
    { name: "city <b>", kind: "category", categories: ["Paris", "Zürich"] },
  ];
  const service = { deployed_time: "2026-11-22T09:00:00.000Z", deployed_by: "ada" };
  return { name: "digits", deployed, ...service, columns: null, inputs, input_count: 2, versions };
}

function prepared(server: PlaceServer): void {
  const models = [
    { name: "digits", deployed: 3, latest: 200 },
    { name: LONG, deployed: null, latest: 1 },
  ];
  server.told = { models };
  server.runs = [stateOf()];
  server.answers["models/digits"] = detail(3, 200);
  server.answers[`models/${encodeURIComponent(LONG)}`] = detail(null, 1);
}

function close({ page }: Opened): void {
  render(null, page);
  page.remove();
}

const rowOf = (page: Element, version: number): HTMLTableRowElement =>
  [...page.querySelectorAll<HTMLTableRowElement>(".jpp-versions tbody tr")].find(
    (row) => row.cells[0]!.textContent === String(version),
  )!;

async function seenVersions(): Promise<Record<string, unknown>> {
  const at = await opened("#models?name=digits", prepared);
  const { page, wait } = at;
  const count = (): number => page.querySelectorAll(".jpp-versions tbody tr").length;
  const first = {
    heads: texts(page, "[aria-label=digits] .jpp-model-head"),
    service: texts(page, ".jpp-model-service")[0],
    columns: texts(page, ".jpp-versions thead th"),
    rows: count(),
    newest: [...rowOf(page, 200).cells].slice(0, 3).map((cell) => cell.innerText.trim().split(/\s+/)),
    served: rowOf(page, 3).cells[5]!.innerText.split("\n")[0]!.trim(),
    runs: [199, 200].map((version) => rowOf(page, version).querySelector("a")!).map((link) => [link.innerText, link.getAttribute("href")]),
    download: rowOf(page, 200).querySelector<HTMLAnchorElement>(".jpp-download")!.getAttribute("href"),
    markup: page.querySelectorAll("main b").length,
  };
  buttonIn(page, "Show all 200").click();
  await wait();
  const whole = count();
  rowOf(page, 2).querySelector<HTMLAnchorElement>(".jpp-download")!.click();
  await wait();
  const refused = texts(rowOf(page, 2), ".jpp-problem")[0];
  close(at);
  return { ...first, whole, refused };
}

async function seenRollback(): Promise<Record<string, unknown>> {
  const at = await opened("#models?name=digits", prepared);
  const { page, server, wait } = at;
  const press = async (version: number): Promise<void> => {
    rowOf(page, version).querySelector("button")!.click();
    await wait();
  };
  buttonIn(page, "Show all 200").click();
  await wait();
  const words = [1, 4].map((version) => rowOf(page, version).querySelector("button")!.textContent);
  await press(1);
  const question = texts(page, ".jpp-confirm")[0];
  const focused = document.activeElement?.textContent;
  document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await wait();
  const left = { questions: texts(page, ".jpp-confirm").length, focused: document.activeElement?.textContent, posted: server.posted.length };
  server.posts["models/digits/deploy"] = () => {
    throw new RestError(409, "artifact_refused", "version 1 cannot be opened");
  };
  await press(1);
  buttonIn(page.querySelector(".jpp-confirm")!, "Roll back").click();
  await wait();
  const refusal = texts(page, ".jpp-version-more .jpp-problem")[0];
  server.posts["models/digits/deploy"] = () => {
    server.answers["models/digits"] = detail(4, 200);
    server.add("model_deployed", null, { name: "digits", version: 4, previous: 3 });
    return {};
  };
  await press(4);
  buttonIn(page.querySelector(".jpp-confirm")!, "Deploy").click();
  await wait();
  await wait();
  const after = { head: texts(page, "[aria-label=digits] .jpp-model-head")[0], service: texts(page, ".jpp-model-service")[0] };
  close(at);
  return { words, question, focused, left, refusal, posted: server.posted, after };
}

async function seenPrediction(): Promise<Record<string, unknown>> {
  const at = await opened("#models?name=digits", prepared);
  const { page, server, wait } = at;
  const type = (selector: string, words: string): void => {
    const field = page.querySelector<HTMLInputElement>(selector)!;
    field.value = words;
    field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
  };
  const labels = texts(page, ".jpp-row-field label");
  type(".jpp-row-field input", "many");
  await wait();
  buttonIn(page, "Predict").click();
  await wait();
  const wrong = { problem: texts(page, ".jpp-row-field .jpp-problem")[0], posted: server.posted.length };
  server.posts["models/digits/predict"] = () => ({
    version: 3,
    predictions: ["<i>a</i>"],
    probabilities: [[0.125, 0.875]],
    classes: ["b", "<i>a</i>"],
  });
  type(".jpp-row-field input", "41");
  type(".jpp-row-field select", "Zürich");
  await wait();
  buttonIn(page, "Predict").click();
  await wait();
  const fills = [...page.querySelectorAll<HTMLElement>(".jpp-share-fill")].map((fill) => fill.style.transform);
  const predicted = { value: texts(page, ".jpp-predicted"), names: texts(page, ".jpp-share-name"), fills, body: server.posted.at(-1) };
  buttonIn(page, "Paste rows").click();
  await wait();
  type(".jpp-paste", "age;city <b>\n1;Paris\n2;Bern");
  await wait();
  server.posts["models/digits/predict"] = () => {
    throw new RestError(400, "invalid_request", "rows[1].city <b>: is 'Bern'; expected Paris or Zürich");
  };
  buttonIn(page, "Predict").click();
  await wait();
  const pasted = { body: server.posted.at(-1), refusal: texts(page, ".jpp-model-try [role='alert']").filter(Boolean) };
  const markup = page.querySelectorAll("main i").length;
  close(at);
  return { labels, wrong, predicted, pasted, markup };
}

async function seenStates(): Promise<Record<string, unknown>> {
  const none = await opened("#models", (server) => (server.told = { models: [] }));
  const empty = texts(none.page, ".jpp-empty");
  close(none);
  const plain = await opened(`#models?name=${encodeURIComponent(LONG)}`, prepared);
  plain.page.style.width = "360px";
  await plain.wait();
  const name = plain.page.querySelector<HTMLElement>("article:not([aria-label=digits]) .jpp-model-name")!;
  const unserved = { service: texts(plain.page, ".jpp-model-service")[0], tries: texts(plain.page, ".jpp-model-try").length, title: name.title };
  close(plain);
  const failing = await opened("#models?name=digits", (server) => {
    prepared(server);
    server.answers["models/digits"] = new RestError(500, "internal_error", "The disk cannot be read");
  });
  const problem = texts(failing.page, ".jpp-model-open .jpp-problem")[0];
  failing.server.answers["models/digits"] = detail(3, 2);
  buttonIn(failing.page, "Try again").click();
  await failing.wait();
  const again = failing.page.querySelectorAll(".jpp-versions tbody tr").length;
  failing.server.breakSockets();
  failing.server.acceptsSockets = false;
  failing.server.restStatus = 0;
  await failing.wait(20_000);
  await pass(700);
  const deploy = rowOf(failing.page, 2).querySelector("button")!;
  const offline = [deploy.getAttribute("aria-disabled"), deploy.title, buttonIn(failing.page, "Predict").title];
  close(failing);
  const denied = await opened("#models", (server) => {
    server.acceptsSockets = false;
    server.restStatus = 403;
  });
  await denied.wait(3000);
  const refused = texts(denied.page, ".jpp-caution, .jpp-place .jpp-empty");
  return { empty, unserved, problem, again, offline, refused };
}

answer(async () => ({
  versions: await seenVersions(),
  rollback: await seenRollback(),
  prediction: await seenPrediction(),
  states: await seenStates(),
}));
