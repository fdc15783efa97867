/** A run's figures over fifty reports, from the first step to the last: where everything stands. */

import { render, type ComponentChildren } from "preact";
import { Page } from "../../../src/page/Page";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { EverythingPanel } from "../../../src/view/Everything";
import { RunPanel } from "../../../src/view/Panel";
import { answer, asThePage, buttonIn, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

type Fields = Record<string, unknown>;

const MOMENTS = 50;
const IDS = ["load_data", "preprocess", "train", "evaluate"];
const gauge = (percent: number): Fields => ({ percent, used: percent / 50, limit: 2 });

/** The run at one of the moments: every figure goes through all its lengths. */
function runAt(moment: number): Fields {
  const share = moment / MOMENTS;
  const stages = IDS.map((id, index) => ({
    id, title: id, status: index < 2 ? "completed" : index === 2 ? "running" : "pending",
    elapsed_s: index < 2 ? 1 : index === 2 ? moment ** 2 : null, started_time: "2026-11-22T10:00:01Z",
  })); // prettier-ignore
  return stateOf({
    stages, progress: 100 * share, stage_progress: 100 * share, step: Math.floor(30_000 * share ** 3), total_steps: 30_000,
    start_time: "2026-11-22T10:00:00.000Z", elapsed_time: moment ** 2, estimated_remaining: (MOMENTS - moment) ** 2,
    estimated_range: [0, 9], live_accuracy: share, live_score: { name: "accuracy", value: share },
    predictions_processed: Math.floor(10 ** (6 * share)), throughput: 10 ** (6 * share), monitoring_overhead: share / 10,
    resources: { cpu: 200 * share, memory: 10 ** (4 + 6 * share), peak_memory: 1e10, limit: 2e10 },
    updated_time: `2026-11-22T10:${String(moment % 60).padStart(2, "0")}:00.000Z`,
  }); // prettier-ignore
}

function healthAt(moment: number): Fields {
  return {
    status: "green", reasons: [], cpu: gauge(moment), memory: gauge(moment), disk: gauge(50),
    network: { in: 10 ** (moment / 15), out: 7 }, load: [moment / 9, 1, 1], processes: moment * 11, uptime_s: moment * 1000,
    response_times: { rest: { p50: moment / 1e4, p95: 0.01 } }, event_loop_lag: moment / 1e4,
  }; // prettier-ignore
}

/** Words and figures by their places: of those that end their line only where they begin counts. */
const KEPT = [
  "h1", "h2", "h3", "button", "a", "dt", "th", "svg", ".jpp-status", ".jpp-connection", ".jpp-health-mark", ".jpp-bar",
  ".jpp-figure", ".jpp-fact", ".jpp-meter", ".jpp-meter-track", ".jpp-run-name", ".jpp-run-time", ".jpp-whereabouts", "figure",
].join(", "); // prettier-ignore
const BEGINS = ".jpp-figure dd, .jpp-fact dd, .jpp-run-note, .jpp-meter-value, .jpp-meter-detail";

function places(element: HTMLElement): Map<Element, string> {
  const all = new Map<Element, string>();
  for (const part of element.querySelectorAll(KEPT)) {
    const { x, y, width, height } = part.getBoundingClientRect();
    all.set(part, [x, y, width, height].map((at) => at.toFixed(1)).join(" "));
  }
  for (const part of element.querySelectorAll(BEGINS)) {
    const { x, y, height } = part.getBoundingClientRect();
    all.set(part, [x, y, height].map((at) => at.toFixed(1)).join(" "));
  }
  return all;
}

async function moved(draw: (feed: PanelFeed) => ComponentChildren, width: number, runId: string | null): Promise<string[]> {
  const kernel = new Kernel();
  const element = place();
  element.style.width = `${width}px`;
  const feed = new PanelFeed({ runId, server: null, comm: kernel, now: () => performance.now() });
  feed.start();
  render(draw(feed), element);
  const tell = async (moment: number): Promise<void> => {
    const data = { runs: [runAt(moment)], health: healthAt(moment) };
    const messages = [{ type: "snapshot", log_id: "log-a", offset: moment + 1, data }];
    kernel.tell({ type: "messages", connection: "live", messages });
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  };
  await tell(0);
  if (runId !== null) buttonIn(element, "Details").click();
  await tell(1);
  await pass(100);
  const first = places(element);
  const found = new Set<string>();
  for (let moment = 2; moment <= MOMENTS - 1; moment += 1) {
    await tell(moment);
    for (const [part, where] of places(element)) {
      const before = first.get(part);
      if (before !== undefined && before !== where) {
        found.add(`${part.className || part.tagName} "${part.textContent?.slice(0, 30)}" ${before} -> ${where} at ${moment}`);
      }
    }
  }
  render(null, element);
  element.remove();
  return [...found].slice(0, 12);
}

/** The widths of "0000", "1111", … in the style of a place. */
function widthsOf(element: Element): number[] {
  const probe = document.createElement("span");
  element.append(probe);
  const widths = [..."0123456789"].map((digit) => {
    probe.textContent = digit.repeat(4);
    return Math.round(100 * probe.getBoundingClientRect().width);
  });
  probe.remove();
  return widths;
}

function digits(): Record<string, number[]> {
  const element = place();
  const names = ["jpp-figure", "jpp-age", "jpp-meter-value", "jpp-run-note", "jpp-attempt"];
  const made = names.map((name) => {
    const part = document.createElement("div");
    part.className = name;
    element.append(part);
    return [name, widthsOf(part)] as const;
  });
  element.remove();
  return Object.fromEntries(made);
}

answer(async () => {
  await asThePage();
  const panel = (feed: PanelFeed): ComponentChildren => <RunPanel feed={feed} show={null} />;
  const list = (feed: PanelFeed): ComponentChildren => <EverythingPanel feed={feed} />;
  const page = (feed: PanelFeed): ComponentChildren => <Page feed={feed} />;
  return {
    moments: MOMENTS,
    digits: digits(),
    moved: {
      "panel of 330 px": await moved(panel, 330, RUN_ID),
      "panel of 880 px": await moved(panel, 880, RUN_ID),
      "list of 330 px": await moved(list, 330, null),
      "page of 900 px": await moved(page, 900, null),
    },
  };
});
