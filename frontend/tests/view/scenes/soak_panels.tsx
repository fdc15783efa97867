/** A day of short runs before a notebook whose panels are fed by its kernel and by polling. */

import { render } from "preact";
import type { Message } from "../../../src/model/wire";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { EverythingPanel } from "../../../src/view/Everything";
import { RunPanel } from "../../../src/view/Panel";
import { installStyles } from "../../../src/view/styles";
import { feedOf as serverFeedOf } from "../../transport/server";
import { Day, settledSample, type Sample } from "./day";
import { answer, Kernel, place } from "./scene";

const HOURS = 6;
const RUN_LASTS_S = 60;

/** A kernel that follows the server's stream, as the follower of a real one does, and passes it on. */
class Follower extends Kernel {
  #close: () => void;

  constructor(private readonly day: Day) {
    super();
    day.server.acceptsSockets = true; // of a kernel; a browser has to poll
    this.#close = day.server.open("http://server/stream", {
      onFrame: (frame) => this.#pass(JSON.parse(String(frame)) as Message[]),
      onClose: () => undefined,
    });
    day.server.acceptsSockets = false;
  }

  override end(): void {
    this.#close();
  }

  override send(content: Record<string, unknown>): void {
    if (content["what"] !== "snapshot") return;
    const { logId, events, snapshot } = this.day.server;
    this.#pass([{ type: "snapshot", log_id: logId, offset: events.length, data: snapshot }]);
  }

  #pass(messages: Message[]): void {
    this.tell({ type: "messages", connection: "live", messages });
  }
}

interface Panel {
  feed: PanelFeed;
  element: HTMLElement;
  close(): void;
}

/** What one cell of the notebook shows: a run, or everything. */
function panel(runId: string | null, { day, comm }: { day: Day; comm: Follower | null }): Panel {
  const server = comm ? null : serverFeedOf(day.server, day.clock);
  const feed = new PanelFeed({ runId, server, comm, now: () => day.clock.now });
  server?.start();
  feed.start();
  const element = place();
  installStyles(element);
  render(runId ? <RunPanel feed={feed} show={null} /> : <EverythingPanel feed={feed} />, element);
  const close = (): void => {
    render(null, element);
    element.remove();
    feed.stop();
    comm?.end();
    server?.stop();
  };
  return { feed, element, close };
}

async function soak(): Promise<unknown> {
  const day = new Day(RUN_LASTS_S);
  const byComm = panel(null, { day, comm: new Follower(day) });
  await day.clock.pass(100);
  const byRest = panel(null, { day, comm: null });
  await day.clock.pass(5000);
  const samples: Sample[] = [];
  let newest: Panel | null = null;
  let runs = 0;
  for (let second = 0; second < HOURS * 3600; second += 1) {
    if (second % RUN_LASTS_S === 0) {
      // The cell of a run is executed again with the next run.
      newest?.close();
      newest = panel(day.runAt(second), { day, comm: new Follower(day) });
      await day.clock.pass(10);
      runs += 1;
    }
    day.tell(second);
    await day.clock.pass(1000);
    if (second % 20 === 19) await new Promise(requestAnimationFrame);
    if (second % 3600 === 3599) samples.push(await settledSample((second + 1) / 3600));
  }
  const ways = [byComm, byRest, newest!].map(({ feed }) => `${feed.feeding.connection} ${feed.feeding.via}`);
  const shown = [byComm, byRest, newest!].map(({ element }) => element.innerText.includes("run of "));
  return { samples, runs, ways, shown };
}

answer(soak);
