/** Panels of parts that were named, and of one line, fed over a comm, as a widget mounts them. */

import { PARTS } from "../../../src/model/parts";
import { mountPanel, type OfferedData } from "../../../src/view";
import { answer, Kernel, pass, place, RUN_ID, stateOf } from "./scene";

const MORE = {
  live_score: { name: "accuracy", value: 0.95 },
  estimated_remaining: 130,
  start_time: "2026-11-22T10:00:00.000Z",
};

interface Shown {
  element: HTMLElement;
  offer: (data: OfferedData) => void;
  kernel: Kernel;
}

async function shown(data: OfferedData, width = 800, more: Record<string, unknown> = {}, runId: string | null = RUN_ID): Promise<Shown> {
  const element = place();
  element.style.width = `${width}px`;
  const kernel = new Kernel();
  const { offer } = mountPanel(element, { kind: "widget", runId, comm: kernel, ...data });
  kernel.show("live", { ...MORE, ...more });
  await pass(100);
  return { element, offer, kernel };
}

const partsIn = (element: HTMLElement): string[] =>
  [...element.querySelectorAll<HTMLElement>("[data-part]")].map((part) => part.dataset["part"]!);

/** A part with nothing in it that can be seen would look broken. */
function emptyIn(element: HTMLElement): string[] {
  const parts = [...element.querySelectorAll<HTMLElement>("[data-part]")];
  return parts.filter((part) => part.offsetHeight < 10).map((part) => part.dataset["part"]!);
}

async function answered(kernel: Kernel, element: HTMLElement): Promise<{ output: string; chart: string }> {
  const asked = (action: string): unknown => kernel.said.find((said) => said["action"] === action)?.["id"];
  kernel.tell({ type: "control_result", id: asked("output"), ok: true, answer: { text: "epoch 1\n<b>epoch 2</b>" } });
  const series = { live_accuracy: [[1, 0.5], [2, 0.75], [3, 0.9]] };
  kernel.tell({ type: "control_result", id: asked("series"), ok: true, answer: { series } });
  await pass(100);
  return {
    output: element.querySelector<HTMLElement>("[data-part=output] pre")?.innerText ?? "",
    chart: element.querySelector<HTMLElement>("[data-part=chart]")?.innerText ?? "",
  };
}

async function line(width: number, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { element, kernel } = await shown({ size: "line" }, width, more);
  const panel = element.querySelector<HTMLElement>(".jpp-in-line")!;
  const seen = {
    words: panel.innerText,
    height: panel.offsetHeight,
    isWithin: panel.scrollWidth <= panel.clientWidth + 1,
    bar: panel.querySelector<HTMLElement>(".jpp-bar")!.offsetWidth,
    headings: panel.querySelectorAll("h2, button").length,
  };
  kernel.end();
  return seen;
}

answer(async () => {
  const all = await shown({ show: [...PARTS] });
  const order = partsIn(all.element);
  const empty = emptyIn(all.element);
  const toggles = all.element.querySelectorAll(".jpp-toggle").length;
  const overComm = await answered(all.kernel, all.element);
  all.offer({ show: ["activity", "progress"] });
  await pass(100);
  const changed = partsIn(all.element);
  all.kernel.end();

  const two = await shown({ show: ["controls", "progress"] });
  const twoWords = two.element.innerText;
  two.kernel.end();

  const odd = await shown({ show: ["nonsense", 5, null, "stages", "stages", "__proto__"] });
  odd.kernel.end();
  const failure = { type: "ValueError", message: "no such column", stage: "train", traceback: "line 7", reason: "", hint: "" };
  const failed = await shown({ show: ["progress"] }, 800, { status: "failed", error: failure });
  failed.kernel.end();

  const runs = { runs: [stateOf(MORE), { ...stateOf(), run_id: "20261122-100000-0000002b", name: "second" }] };
  const everything = await shown({ show: ["health", "progress"] }, 800, {}, null);
  everything.kernel.tell({ type: "messages", connection: "live", messages: [{ type: "snapshot", log_id: "log-a", offset: 2, data: runs }] });
  const several = await shown({ size: "line" }, 600, {}, null);
  several.kernel.tell({ type: "messages", connection: "live", messages: [{ type: "snapshot", log_id: "log-a", offset: 2, data: runs }] });
  await pass(100);
  const seen = {
    order,
    empty,
    toggles,
    overComm,
    changed,
    twoWords,
    odd: partsIn(odd.element),
    failed: failed.element.innerText,
    everything: { parts: partsIn(everything.element), empty: emptyIn(everything.element), words: everything.element.innerText },
    several: several.element.innerText,
    wide: await line(900),
    narrow: await line(300),
    narrowest: await line(200),
    ended: await line(300, { status: "completed", result: { test: { accuracy: 0.9722 } }, progress: 100 }),
  };
  everything.kernel.end();
  several.kernel.end();
  return seen;
});
