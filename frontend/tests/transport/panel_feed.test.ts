import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readRun } from "../../src/model/reading";
import type { CommPort } from "../../src/transport/comm";
import { LOST_AFTER_MS } from "../../src/transport/controls";
import { activityOf, viewOf } from "../../src/transport/feed_view";
import { ageToShow, PanelFeed } from "../../src/transport/panel_feed";
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
  ageS: number | null = 0;
  nextS: number | null = null;
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
    this.#heard?.({ type: "messages", messages, connection: this.connection, age_s: this.ageS, next_s: this.nextS });
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
    expect(feed.feeding).toMatchObject({ connection: "offline", via: "none", heardAt: -5000 });
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

describe("what happened while nothing was connected", () => {
  const changed = { from: "green", to: "yellow", reasons: ["memory at 84 %"] };

  it.each([null, RUN])("is told by the poll that comes before the socket, in a panel of %s", async (runId) => {
    server.runs = [stateOf(50)];
    const feed = panel(null, runId);
    serverFeed.start();
    await clock.pass(100);
    server.acceptsSockets = false;
    server.breakSockets();
    expect(feed.feeding.connection).toBe("offline");
    server.add("health_changed", null, changed);
    await clock.pass(1500);
    expect(feed.feeding.connection).toBe("polling");
    const told = feed.state.notices.filter((notice) => notice.topic === "health");
    expect(told.map(({ title, text }) => [title, text])).toEqual([["Health is yellow", "memory at 84 %"]]);
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
    expect(feed.feeding).toMatchObject({ connection: "offline", via: "none", heardAt });
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

describe("what was asked of a kernel that dies", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Let time pass for the page and its feed; `kernel` says that it is there, unless it is dead. */
  async function pass(seconds: number, kernel: Kernel | null = null): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      clock.now += 1000;
      kernel?.tell([]);
      await vi.advanceTimersByTimeAsync(1000);
    }
  }

  async function asked(feed: PanelFeed, kernel: Kernel): Promise<{ outcome: string }> {
    await vi.advanceTimersByTimeAsync(10);
    kernel.tell([kernel.snapshot]);
    const found = { outcome: "" };
    feed.control({ action: "stop", runId: RUN }).then(
      () => (found.outcome = "done"),
      (error: unknown) => (found.outcome = String(error)),
    );
    return found;
  }

  it("is waited for while a cell runs, however long, for the kernel is heard", async () => {
    const kernel = new Kernel("local");
    const found = await asked(panel(kernel, RUN, false), kernel);
    await pass(120, kernel);
    expect(found.outcome).toBe("");
    const [wanted] = kernel.said.filter((content) => content["type"] === "control");
    kernel.answer({ type: "control_result", id: wanted!["id"], ok: true });
    await pass(1);
    expect(found.outcome).toBe("done");
  });

  it("is given up with what happened once the kernel has been silent for long", async () => {
    const kernel = new Kernel("local");
    const found = await asked(panel(kernel, RUN, false), kernel);
    await pass(LOST_AFTER_MS / 1000);
    expect(found.outcome).toBe("");
    await pass(1);
    expect(found.outcome).toContain("asked to stop this run and has said nothing for 10 s");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is no problem where the run shows that it was done", async () => {
    const kernel = new Kernel("local");
    const found = await asked(panel(kernel, RUN, false), kernel);
    const at = { after: kernel.offset, revision: 9, run_id: RUN };
    kernel.tell([{ type: "training_progress", ...at, data: stateOf(30, "stopping") }]);
    await pass(LOST_AFTER_MS / 1000 + 1);
    expect(found.outcome).toBe("done");
  });
});

describe("the age of what is shown", () => {
  it("is always said while polling, and live only when a beat is late", async () => {
    server.runs = [stateOf(50)];
    const feed = panel(null);
    serverFeed.start();
    await clock.pass(1500);
    expect(feed.feeding.connection).toBe("live");
    expect(ageToShow(feed.feeding, clock.now)).toBeNull();
    expect(ageToShow(feed.feeding, feed.feeding.heardAt + 2501)).toBe(2501);
    server.acceptsSockets = false;
    server.breakSockets();
    await clock.pass(1500);
    expect(feed.feeding.connection).toBe("polling");
    expect(ageToShow(feed.feeding, clock.now)).toBeLessThanOrEqual(1000);
  });

  it("is said of a saved snapshot while the server is looked for", () => {
    const feed = panel(null);
    feed.offer(stateOf(10), [], -60_000);
    serverFeed.start();
    expect(feed.feeding.connection).toBe("connecting");
    expect(ageToShow(feed.feeding, 0)).toBe(60_000);
  });

  it("is that of the kernel's own source, not of its last word", async () => {
    const kernel = new Kernel("log-k");
    const feed = panel(kernel, RUN, false);
    await clock.pass(10);
    kernel.ageS = 7;
    kernel.tell([]);
    expect(ageToShow(feed.feeding, clock.now)).toBe(7000);
    kernel.connection = "offline";
    kernel.ageS = null;
    await clock.pass(1000);
    kernel.tell([]);
    expect(feed.feeding).toMatchObject({ connection: "offline", via: "comm" });
    expect(ageToShow(feed.feeding, clock.now)).toBe(8000);
  });

  it("is left out where nothing was ever heard", () => {
    expect(ageToShow(panel(null).feeding, 0)).toBeNull();
  });
});

it("reads nothing into a snapshot that names no run", () => {
  const feed = panel(null);
  feed.offer({ name: "<script>" }, "nothing", 0);
  expect(feed.run).toBeNull();
  expect(readRun({ run_id: 3 })).toBeNull();
});

describe("the activity of one run", () => {
  const texts = (feed: PanelFeed): string[] => activityOf(viewOf(feed), RUN).map((told) => told.text);

  it("is asked for in pages where it lies below the newest of all, and joined to what comes live", async () => {
    server.runs = [stateOf(100, "completed")];
    for (let number = 1; number <= 60; number += 1) server.note(`own ${number}`, RUN);
    for (let number = 1; number <= 60; number += 1) server.note(`other ${number}`);
    const feed = panel(null);
    serverFeed.start();
    await clock.pass(100);
    expect(texts(feed)).toEqual([]);

    const next = await feed.loadRunActivity(RUN, null);
    expect(texts(feed)).toHaveLength(50);
    expect(texts(feed).slice(0, 2)).toEqual(["own 60", "own 59"]);
    server.note("own 61", RUN);
    expect(await feed.loadRunActivity(RUN, next)).toBe(null);
    expect(texts(feed)).toHaveLength(61);
    expect([texts(feed)[0], texts(feed).at(-1)]).toEqual(["own 61", "own 1"]);
    // The feed of all runs has no hole where others' lines were not asked for.
    expect(feed.state.activity.filter((told) => told.run_id === RUN)).toHaveLength(1);
  });

  it("is forgotten with the log that it was asked of", async () => {
    server.runs = [stateOf(50)];
    server.note("of log a", RUN);
    server.activityInSnapshot = 0;
    const feed = panel(null);
    serverFeed.start();
    await clock.pass(100);
    await feed.loadRunActivity(RUN, null);
    expect(texts(feed)).toEqual(["of log a"]);
    server.logId = "log-b";
    server.events = [];
    server.breakSockets();
    await clock.pass(3000);
    expect(texts(feed)).toEqual([]);
  });
});

describe("the next attempt", () => {
  it("over the comm is the kernel's own, counted down between its words, and tried at a click", async () => {
    const clock = new Clock();
    const kernel = new Kernel("log-a");
    const feed = new PanelFeed({ runId: RUN, server: null, comm: kernel, now: () => clock.now });
    feed.start();
    await clock.pass(10);
    kernel.connection = "offline";
    kernel.nextS = 9;
    kernel.tell([]);
    const at = clock.now + 9000;
    expect(feed.feeding.retry).toMatchObject({ at, waitMs: 9000 });
    await clock.pass(1000);
    kernel.nextS = 8;
    kernel.tell([]);
    expect(feed.feeding.retry).toMatchObject({ at, waitMs: 9000 });
    feed.tryNow();
    expect(kernel.said.at(-1)).toEqual({ type: "want", what: "retry" });
    kernel.connection = "live";
    kernel.nextS = null;
    kernel.tell([]);
    expect(feed.feeding.retry).toBeNull();
  });

  it("of the page's own way is that of its timer, and tried at a click", async () => {
    const clock = new Clock();
    const server = new LoggingServer(clock);
    server.runs = [stateOf(20)];
    const serverFeed = feedOf(server, clock);
    const feed = new PanelFeed({ runId: null, server: serverFeed, comm: null, now: () => clock.now });
    feed.start();
    serverFeed.start();
    await clock.pass(100);
    expect(feed.feeding.retry).toBeNull();
    server.acceptsSockets = false;
    server.restStatus = 0;
    server.breakSockets();
    await clock.pass(70_000);
    const { retry } = feed.feeding;
    expect(feed.feeding.connection).toBe("offline");
    expect(retry!.at).toBeGreaterThan(clock.now);
    const asked = server.asked.length;
    await clock.pass(retry!.at! - clock.now - 1);
    expect(server.asked).toHaveLength(asked); // not before
    server.acceptsSockets = true;
    server.restStatus = 200;
    feed.tryNow();
    await clock.pass(10);
    expect(feed.feeding.connection).toBe("live");
  });
});
