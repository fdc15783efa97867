/** Panels whose server lacks the extension, and a run that shows no steps. */

import { render } from "preact";
import { EverythingPanel } from "../../../src/view/Everything";
import { RunPanel } from "../../../src/view/Panel";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { Clock, feedOf as serverFeedOf, LoggingServer } from "../../transport/server";
import { answer, buttonIn, feedOf, Kernel, pass, place, RUN_ID, runOf } from "./scene";

const PROBLEM =
  "the Jupyter server runs /opt/lab/bin/python <b>: `/opt/lab/bin/python -m pip install jupyter-progress`";

/** The feed of a page whose server answers 404 to everything of this extension. */
async function absentFeed(runId: string | null): Promise<PanelFeed> {
  const clock = new Clock();
  const server = new LoggingServer(clock);
  server.acceptsSockets = false;
  server.restStatus = 404;
  const serverFeed = serverFeedOf(server, clock);
  const feed = new PanelFeed({ runId, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(3000);
  return feed;
}

async function drawn(view: preact.ComponentChild): Promise<HTMLElement> {
  const element = place();
  render(view, element);
  await pass(100);
  return element;
}

async function whereabouts(kernel: Kernel, element: HTMLElement, more: Record<string, unknown>): Promise<string> {
  kernel.show("live", more);
  await pass(100);
  return element.querySelector<HTMLElement>(".jpp-whereabouts")?.innerText ?? "";
}

function trainingFor(seconds: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const stages = [{ id: "train", title: "Train", status: "running", elapsed_s: seconds }];
  return { stages, step: null, total_steps: null, estimated_remaining: null, ...more };
}

answer(async () => {
  const everything = await absentFeed(null);
  const absent = await drawn(<EverythingPanel feed={everything} />);
  const absentWords = absent.innerText;
  everything.problem = PROBLEM;
  const told = await drawn(<EverythingPanel feed={everything} />);
  const ofRun = await absentFeed(RUN_ID);
  ofRun.run = runOf();
  const saved = await drawn(<RunPanel feed={ofRun} show={null} />);

  const kernel = new Kernel();
  const element = await drawn(<RunPanel feed={feedOf(kernel)} show={null} />);
  const early = await whereabouts(kernel, element, trainingFor(1));
  const stepless = await whereabouts(kernel, element, trainingFor(6));
  const estimated = await whereabouts(kernel, element, trainingFor(6, { estimated_remaining: 20 }));
  const stepped = await whereabouts(kernel, element, trainingFor(6, { step: 1, total_steps: 9 }));
  const done = await whereabouts(kernel, element, trainingFor(6, { step: 1, total_steps: 1 }));
  const mark = (): string => element.querySelector<HTMLElement>(".jpp-connection")!.innerText;
  const live = mark();
  kernel.show("polling");
  await pass(100);
  return {
    absent: absentWords,
    absentWithRun: saved.innerText,
    whyNot: buttonIn(saved, "Stop").getAttribute("aria-description"),
    told: {
      words: told.innerText,
      code: [...told.querySelectorAll("code")].map((code) => code.innerText),
    },
    markup: told.querySelectorAll(".jpp-caution b").length,
    ...{ early, stepless, estimated, stepped, done, live },
    polling: mark(),
  };
});
