/** A search's leaderboard under way: served, and where only a kernel feeds it. */

import { render } from "preact";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { RunPanel } from "../../../src/view/Panel";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, buttonIn, feedOf, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

type Fields = Record<string, unknown>;

const ROWS = Array.from({ length: 10 }, (_, index) => ({
  candidate: index,
  params: { C: 0.1 * (index + 1), kernel: "<b>rbf</b>" },
  status: "completed",
  rank: index + 1,
  scores: [0.9 - index / 100, 0.8],
  mean: 0.85 - index / 200,
  std: 0.05,
  best: index === 0,
}));
const LATE = [
  { candidate: 20, params: { C: 7 }, status: "running", scores: [0.5, null, null], mean: null, running: [{ fold: 1 }] },
  { candidate: 21, params: { C: 8 }, status: "skipped", scores: [], mean: null },
  { candidate: 22, params: { C: 9 }, status: "failed", scores: [null], mean: null, error: "ValueError: no" },
];
const SEARCH = {
  running: [{ candidate: 20, fold: 2, since: "", params: { C: 7 } }],
  search: { completed: 12, skipped: 1, scorer: "accuracy", best: { candidate: 0, params: { C: 0.1 }, mean: 0.85, std: 0.05 } },
  live_score: { name: "accuracy", value: 0.85 },
};

function words(element: HTMLElement): string[] {
  const rows = [...element.querySelectorAll<HTMLElement>(".jpp-candidates tbody tr")];
  return rows.map((row) => row.innerText.replace(/\s+/g, " ").trim());
}

async function served(): Promise<Fields> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  Object.assign(server, { runs: [stateOf(SEARCH)], candidates: [...ROWS, ...LATE] });
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: RUN_ID, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(500);
  const element = place();
  render(<RunPanel feed={feed} show={["candidates"]} />, element);
  await pass(100);
  const first = words(element);
  const marked = element.querySelector<HTMLElement>(".jpp-best")!.innerText;
  const sum = element.querySelector<HTMLElement>(".jpp-section .jpp-hint")!.innerText;
  const underWay = [...element.querySelectorAll(".jpp-fold [aria-label]")].map((icon) => icon.getAttribute("aria-label"));
  const spinners = element.querySelectorAll(".jpp-fold svg").length;
  buttonIn(element, "Skip").click();
  await pass(50);
  const skip = buttonIn(element, "Skipping");
  skip.click();
  await pass(50);
  buttonIn(element, "Show 4 more").click();
  await pass(50);
  const { posted } = server;
  return { first, marked, sum, underWay, spinners, posted, whole: words(element), markup: element.querySelectorAll("b b, th b").length };
}

async function overComm(): Promise<Fields> {
  const kernel = new Kernel();
  const element = place();
  render(<RunPanel feed={feedOf(kernel)} show={["candidates"]} />, element);
  kernel.show("live", SEARCH);
  await pass(100);
  const asked = (action: string): Fields[] => kernel.said.filter((said) => said["action"] === action);
  const atFirst = words(element);
  const { id, limit } = asked("candidates")[0]!;
  kernel.tell({ type: "control_result", id, ok: true, answer: { candidates: [...ROWS, ...LATE], total: 1200 } });
  await pass(100);
  const rows = words(element);
  buttonIn(element, "Skip").click();
  await pass(50);
  const text = element.innerText;
  kernel.end();
  return { atFirst, rows, text, limit, skipped: asked("skip") };
}

answer(async () => ({ served: await served(), overComm: await overComm() }));
