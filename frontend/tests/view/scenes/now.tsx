/** A run's stages in their place in time, what it costs, how long it takes still, and what it prints. */

import { render } from "preact";
import { RunPanel } from "../../../src/view/Panel";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { installStyles } from "../../../src/view/styles";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, buttonIn, feedOf, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

type Fields = Record<string, unknown>;

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 10) + seconds * 1000).toISOString();

const RUNNING = {
  queued_time: at(-5),
  start_time: at(0),
  attempt_time: at(0),
  elapsed_time: 15,
  estimated_remaining: 2500,
  estimated_range: [1810, 3610],
  stages: [
    { id: "load", title: "Load", status: "completed", started_time: at(0), elapsed_s: 5 },
    { id: "train", title: "Train", status: "running", started_time: at(5), elapsed_s: 10, estimated_s: 15, estimated_range: [14, 16] },
    { id: "test", title: "Test", status: "pending", estimated_s: 5 },
  ],
};

interface Box {
  left: number;
  width: number;
}

const rowOf = (element: HTMLElement, title: string): HTMLElement =>
  [...element.querySelectorAll<HTMLElement>(".jpp-stage-table tbody tr")].find((row) => row.innerText.includes(title))!;

function bars(element: HTMLElement, title: string): Record<string, Box> {
  const track = rowOf(element, title).querySelector(".jpp-span-track")!.getBoundingClientRect();
  const found = [...rowOf(element, title).querySelectorAll<HTMLElement>(".jpp-span")];
  return Object.fromEntries(
    found.map((bar) => {
      const box = bar.getBoundingClientRect();
      return [bar.className.split("jpp-span-")[1]!, { left: (box.left - track.left) / track.width, width: box.width / track.width }];
    }),
  );
}

const timeLeft = (element: HTMLElement): string => {
  const found = [...element.querySelectorAll<HTMLElement>(".jpp-figure")].find((figure) => figure.innerText.startsWith("Time left"));
  return found?.querySelector("dd")?.innerText ?? "";
};

async function stages(width: number): Promise<Fields> {
  const kernel = new Kernel();
  const element = place();
  element.style.width = `${width}px`;
  installStyles(element);
  render(<RunPanel feed={feedOf(kernel)} show={["progress", "stages"]} />, element);
  kernel.show("live", RUNNING);
  await pass(80);
  const seen = {
    wait: bars(element, "Waited"),
    load: bars(element, "Load"),
    train: bars(element, "Train"),
    test: bars(element, "Test"),
    words: rowOf(element, "Train").querySelector(".jpp-spoken")!.textContent,
    axis: [...element.querySelectorAll<HTMLElement>(".jpp-axis-mark")].map((mark) => mark.innerText),
    left: timeLeft(element),
    isWithin: element.scrollWidth <= element.clientWidth,
  };
  await pass(1500);
  const grown = bars(element, "Train");
  kernel.show("live", { ...RUNNING, estimated_remaining: null, estimated_range: null, updated_time: at(1) });
  await pass(80);
  const unknown = timeLeft(element);
  kernel.show("live", { ...RUNNING, attempt: 2, earlier_s: 60, updated_time: at(2) });
  await pass(80);
  const earlier = { words: rowOf(element, "First attempt").innerText, ...bars(element, "First attempt") };
  kernel.end();
  render(null, element);
  return { ...seen, grown, unknown, earlier };
}

const PRINTED = `\x1b[32mINFO\x1b[0m begun\n${" 1%|\r".repeat(50)}100%|done\n<img src=x onerror="window.broken=1">\n${"x".repeat(5000)}\n`;

async function output(): Promise<Fields> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  server.runs = [stateOf({ start_time: at(0) })];
  server.output = Array.from({ length: 300 }, (_, line) => `line ${line}\n`).join("") + PRINTED;
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId: RUN_ID, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(500);
  const element = place();
  element.style.width = "600px";
  installStyles(element);
  render(<RunPanel feed={feed} show={null} />, element);
  await pass(100);
  buttonIn(element, "Details").click();
  await pass(100);
  buttonIn(element, "Show output").click();
  await pass(200);
  const box = element.querySelector<HTMLElement>(".jpp-output pre")!;
  const isAtEnd = (): boolean => box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
  const lines = box.innerText.split("\n");
  const first = {
    count: lines.length,
    end: lines.slice(-4).map((line) => line.slice(0, 60)),
    cut: lines.at(-1)!.slice(-28),
    coloured: [...box.querySelectorAll<HTMLElement>(".jpp-ansi-green")].map((part) => part.innerText),
    isAtEnd: isAtEnd(),
  };
  server.output += "newest\n";
  await pass(2300);
  const follows = isAtEnd() && box.innerText.includes("newest");
  box.scrollTop = 40;
  await pass(50);
  server.output += "unseen\n";
  await pass(2300);
  const stays = box.scrollTop;
  const has = box.innerText.includes("unseen");
  buttonIn(element, "Follow").click();
  await pass(50);
  const back = isAtEnd();
  buttonIn(element, "Show earlier").click();
  await pass(200);
  const all = box.innerText.split("\n").length;
  const wide = box.scrollWidth > box.clientWidth;
  buttonIn(element, "Wrap lines").click();
  await pass(50);
  const wrapped = box.scrollWidth <= box.clientWidth;
  let copied = "";
  Object.defineProperty(navigator, "clipboard", { value: { writeText: (text: string) => void (copied = text) } });
  buttonIn(element, "Copy").click();
  await pass(50);
  const said = element.querySelector<HTMLElement>(".jpp-copy")!.innerText;
  render(null, element);
  return { ...first, follows, stays, has, back, all, wide, wrapped, copied: copied.split("\n").slice(300, 303), said, broken: "broken" in window };
}

answer(async () => ({ wide: await stages(880), narrow: await stages(380), output: await output() }));
