import { beforeEach, describe, expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import type { CommPort } from "../../src/transport/comm";
import { PanelFeed } from "../../src/transport/panel_feed";
import type { ServerFeed } from "../../src/transport/server_feed";
import { Clock, feedOf, LoggingServer } from "./server";

const RUN = "20261122-100000-0000002a";

function stateOf(progress: number, status = "running"): Record<string, unknown> {
  const updated_time = `2026-11-22T10:00:${String(progress % 60).padStart(2, "0")}.000Z`;
  return { run_id: RUN, name: "digits", status, progress, updated_time };
}

/** A kernel at the other end of a comm, with a log of its own position. */
class Kernel implements CommPort {
  said: Record<string, unknown>[] = [];
  offset = 10;
  revision = 1;
  progress = 20;
  connection = "live";
  isBusy = false;
  #heard: ((content: unknown) => void) | null = null;

  constructor(private readonly logId: string) {}

  send(content: Record<string, unknown>): void {
    this.said.push(content);
    if (this.isBusy || content["type"] !== "want" || content["what"] !== "snapshot") return;
    queueMicrotask(() => this.tell([this.snapshot]));
  }

  listen(heard: (content: unknown) => void): () => void {
    this.#heard = heard;
    return () => (this.#heard = null);
  }

  get snapshot(): Record<string, unknown> {
    const at = { log_id: this.logId, offset: this.offset };
    return { type: "snapshot", ...at, data: { runs: [stateOf(this.progress)], activity: [], models: [] } };
  }

  tell(messages: unknown[]): void {
    this.#heard?.({ type: "messages", messages, connection: this.connection });
  }

  advance(progress: number): void {
    this.progress = progress;
    this.revision += 1;
    const at = { after: this.offset, revision: this.revision, run_id: RUN };
    this.tell([{ type: "training_progress", ...at, data: stateOf(progress) }]);
  }

  answer(content: Record<string, unknown>): void {
    this.#heard?.(content);
  }
}

let clock: Clock;
let server: LoggingServer;
let serverFeed: ServerFeed;

function panel(comm: CommPort | null, runId: string | null = RUN, withServer = true): PanelFeed {
  const options = { runId, server: withServer ? serverFeed : null, comm, now: () => clock.now };
  const feed = new PanelFeed(options);
  feed.start();
  return feed;
}

beforeEach(() => {
  clock = new Clock();
  server = new LoggingServer(clock);
  serverFeed = feedOf(server, clock);
});

describe("a panel without a comm", () => {
  it("shows the saved snapshot until the server answers, and says which is which", async () => {
    server.runs = [stateOf(50)];
    const feed = panel(null);
    feed.offer(stateOf(10), [], -5000);
    expect(feed.run?.progress).toBe(10);
    expect(feed.feeding).toMatchObject({ via: "none", heardAt: -5000 });
    serverFeed.start();
    await clock.pass(100);
    expect(feed.run?.progress).toBe(50);
    expect(feed.feeding).toMatchObject({ connection: "live", via: "socket" });
  });

  it("asks for a run that is not among the newest", async () => {
    serverFeed.start();
    await clock.pass(100);
    server.runs = [stateOf(100, "completed")];
    const feed = panel(null);
    await clock.pass(100);
    expect(feed.run?.status).toBe("completed");
    expect(feed.isUnknown).toBe(false);
  });

  it("keeps the snapshot, and says so, where the server never heard of the run", async () => {
    const feed = panel(null);
    feed.offer(stateOf(10), [], -5000);
    serverFeed.start();
    await clock.pass(100);
    expect(feed.isUnknown).toBe(false); // it may be new: it is asked for once more
    await clock.pass(2400);
    expect(feed.isUnknown).toBe(true);
    expect(feed.run?.progress).toBe(10);
    expect(feed.feeding).toEqual({ connection: "offline", via: "none", heardAt: -5000 });
  });

  it("does not let a saved snapshot overwrite what is live", async () => {
    server.runs = [stateOf(50)];
    const feed = panel(null);
    serverFeed.start();
    await clock.pass(100);
    feed.offer(stateOf(10), [], 0);
    expect(feed.run?.progress).toBe(50);
  });

  it("gives one notice for an end, though it comes by event and by snapshot", async () => {
    server.runs = [stateOf(50)];
    const feed = panel(null);
    serverFeed.start();
    await clock.pass(100);
    const result = { test: { accuracy: 0.9 }, rows: { test: 360 } };
    server.add("training_completed", RUN, { result, elapsed_time: 3 });
    const ended = { ...stateOf(100, "completed"), result };
    server.runs = [{ ...ended, end_time: feed.run!.end_time }];
    server.logId = "log-b";
    server.breakSockets();
    await clock.pass(3000);
    const notices = feed.state.notices.filter((notice) => notice.run_id === RUN);
    expect(notices.map((notice) => notice.text)).toEqual(["Accuracy 0.9000 on 360 test rows"]);
  });
});

describe("a panel with a comm", () => {
  it("is fed over it where there is no server", async () => {
    const kernel = new Kernel("local");
    kernel.connection = "local";
    const feed = panel(kernel, RUN, false);
    await clock.pass(10);
    kernel.advance(30);
    expect(feed.run?.progress).toBe(30);
    expect(feed.feeding).toMatchObject({ connection: "local", via: "comm" });
  });

  it("is offline when the kernel falls silent", async () => {
    const kernel = new Kernel("local");
    const feed = panel(kernel, RUN, false);
    await clock.pass(10);
    const heardAt = feed.feeding.heardAt;
    await clock.pass(4000);
    expect(feed.feeding).toEqual({ connection: "offline", via: "none", heardAt });
  });

  it("prefers the page's own socket, and does not apply the kernel's words beside it", async () => {
    server.runs = [stateOf(50)];
    const kernel = new Kernel("log-a");
    kernel.offset = 0;
    const feed = panel(kernel);
    serverFeed.start();
    await clock.pass(100);
    kernel.advance(30);
    expect(feed.feeding.via).toBe("socket");
    expect(feed.run?.progress).toBe(50);
  });

  it("goes over to the comm when the server cannot be reached, and back", async () => {
    server.runs = [stateOf(20)];
    const kernel = new Kernel("log-a");
    const feed = panel(kernel);
    serverFeed.start();
    await clock.pass(100);
    server.acceptsSockets = false;
    server.restStatus = 0;
    server.breakSockets();
    for (let second = 0; second < 6; second += 1) {
      kernel.tell([]);
      await clock.pass(1000);
    }
    kernel.advance(40);
    expect(feed.feeding.via).toBe("comm");
    expect(feed.run?.progress).toBe(40);
    server.acceptsSockets = true;
    server.restStatus = 200;
    server.runs = [stateOf(45)];
    server.logId = "log-c";
    await clock.pass(3000);
    expect(feed.feeding.via).toBe("socket");
    expect(feed.run?.progress).toBe(45);
  });

  it("stays with the comm where the page's server is another one", async () => {
    const kernel = new Kernel("log-k");
    const feed = panel(kernel);
    feed.setKernelLog("log-k");
    serverFeed.start();
    await clock.pass(1500);
    kernel.advance(30);
    expect(feed.feeding).toMatchObject({ connection: "live", via: "comm" });
    expect(feed.run?.progress).toBe(30);
  });

  it("shows everything of the kernel's server, not of another", async () => {
    server.runs = [{ ...stateOf(50), run_id: "20261122-110000-0000002b" }];
    const kernel = new Kernel("log-k");
    const feed = panel(kernel, null);
    feed.setKernelLog("log-k");
    serverFeed.start();
    await clock.pass(1500);
    kernel.advance(30);
    expect([...feed.state.runs.keys()]).toEqual([RUN]);
  });

  it("asks for a snapshot where something is missing, at most once a second", async () => {
    const kernel = new Kernel("local");
    const feed = panel(kernel, RUN, false);
    await clock.pass(1100);
    kernel.isBusy = true;
    const before = kernel.said.length;
    for (let turn = 0; turn < 5; turn += 1) {
      kernel.tell([{ type: "heartbeat", offset: 12 }]);
    }
    expect(kernel.said.length - before).toBe(1);
    kernel.offset = 12;
    kernel.progress = 60;
    kernel.tell([kernel.snapshot]);
    expect(feed.run?.progress).toBe(60);
  });

  it("asks the kernel to stop, and passes on what it answers", async () => {
    const kernel = new Kernel("local");
    const feed = panel(kernel, RUN, false);
    await clock.pass(10);
    const first = feed.control({ action: "stop", runId: RUN });
    const [asked] = kernel.said.filter((content) => content["type"] === "control");
    expect(asked).toMatchObject({ action: "stop", run_id: RUN });
    kernel.answer({ type: "control_result", id: asked!["id"], ok: true, message: "" });
    await first;
    const second = feed.control({ action: "stop", runId: RUN });
    const again = kernel.said.filter((content) => content["type"] === "control")[1];
    kernel.answer({ type: "control_result", id: again!["id"], ok: false, message: "it has ended" });
    await expect(second).rejects.toThrow("it has ended");
  });
});

it("reads nothing into a snapshot that names no run", () => {
  const feed = panel(null);
  feed.offer({ name: "<script>" }, "nothing", 0);
  expect(feed.run).toBeNull();
  expect(readRun({ run_id: 3 })).toBeNull();
});
