/** A person at the controls, offline and over each connection, and what the controls say. */

import { render } from "preact";
import { RunPanel } from "../../../src/view/Panel";
import { answer, buttonIn, feedOf, Kernel, pass, place, runOf } from "./scene";

interface Seen {
  words: string;
  isDisabled: boolean;
  why: string | null;
  title: string;
}

function seen(element: HTMLElement, name: string): Seen {
  const button = buttonIn(element, name);
  return {
    words: button.innerText,
    isDisabled: button.getAttribute("aria-disabled") === "true",
    why: button.getAttribute("aria-description"),
    title: button.title,
  };
}

answer(async () => {
  const element = place();
  const kernel = new Kernel();
  const feed = feedOf(kernel);
  feed.run = runOf();
  render(<RunPanel feed={feed} show={["activity", "controls"]} />, element);
  await pass(100);
  const offline = { stop: seen(element, "Stop"), cancel: seen(element, "Cancel"), add: seen(element, "Add") };
  buttonIn(element, "Stop").click();
  buttonIn(element, "Cancel").click();
  const asked = (): Record<string, unknown>[] => kernel.said.filter((content) => content["type"] === "control");
  const askedOffline = asked().length;

  kernel.show("polling");
  await pass(100);
  const polling = seen(element, "Stop");
  buttonIn(element, "Stop").click();
  await pass(100);
  const pending = seen(element, "Stop");
  buttonIn(element, "Stop").click();
  const askedTwice = asked().length;
  kernel.tell({ type: "control_result", id: 1, ok: false, message: "There is nothing to keep yet" });
  await pass(100);
  const refused = element.querySelector(".jpp-controls [role=alert]")?.textContent;

  buttonIn(element, "Cancel").click();
  await pass(100);
  buttonIn(element, "Cancel the run").click();
  await pass(100);
  const cancelling = seen(element, "Cancel");
  kernel.tell({ type: "control_result", id: 2, ok: true });

  kernel.show("live", { can_stop: false, step: null, updated_time: "2026-11-22T10:00:05.000Z" });
  await pass(100);
  buttonIn(element, "Stop").click();
  await pass(100);
  const oneCall = element.querySelector<HTMLElement>(".jpp-controls")!.innerText;
  buttonIn(element, "Wait for its end").click();
  await pass(100);
  const askedOfOneCall = asked().length;
  buttonIn(element, "Stop").click();
  await pass(100);
  buttonIn(element, "Drop it").click();
  await pass(100);
  const dropped = asked().at(-1)?.["action"];
  kernel.tell({ type: "control_result", id: 3, ok: true });

  const stages = [{ id: "train 2", title: "Train 2", status: "running" }];
  const observed = { kind: "own", current_stage: "train 2", stages, step: null };
  kernel.show("live", { ...observed, can_stop: false, updated_time: "2026-11-22T10:00:06.000Z" });
  await pass(100);
  const observedOneCall = seen(element, "Stop").words;
  kernel.show("live", { ...observed, can_stop: true, updated_time: "2026-11-22T10:00:06.500Z" });
  await pass(100);
  const observedForest = seen(element, "Stop").words;

  const between = { stages: [{ ...stages[0], status: "completed" }] };
  kernel.show("live", { ...observed, ...between, can_stop: false, updated_time: "2026-11-22T10:00:06.700Z" });
  await pass(100);
  const observedBetween = seen(element, "Stop").words;

  kernel.show("live", { status: "failed", resumable: true, updated_time: "2026-11-22T10:00:07.000Z" });
  await pass(100);
  const resume = seen(element, "Resume");
  buttonIn(element, "Resume").click();
  await pass(100);
  const resuming = seen(element, "Resum");
  const askedLast = asked().at(-1)?.["action"];
  kernel.tell({ type: "control_result", id: 4, ok: true });
  const again = { status: "failed", resumable: true, kind: "function" };
  kernel.show("live", { ...again, updated_time: "2026-11-22T10:00:07.500Z" });
  await pass(100);
  const resumeFunction = seen(element, "Resume");
  kernel.show("live", { status: "failed", resumable: false, updated_time: "2026-11-22T10:00:08.000Z" });
  await pass(100);
  const buttons = [...element.querySelectorAll<HTMLElement>(".jpp-controls button")].map((each) => each.innerText);

  kernel.show("live", { status: "completed", updated_time: "2026-11-22T10:00:09.000Z" });
  await pass(100);
  const deploy = seen(element, "Deploy");
  kernel.end();
  await pass(4000);
  const deployOffline = seen(element, "Deploy");
  return { offline, askedOffline, polling, pending, askedTwice, refused, cancelling, deploy, deployOffline,
    oneCall, askedOfOneCall, observedOneCall, observedForest, observedBetween, dropped, resume, resumeFunction, resuming, askedLast, buttons };
});
