import { beforeEach, describe, expect, it } from "vitest";
import type { ServerFeed } from "../../src/transport/server_feed";
import { Clock, feedOf, LoggingServer } from "./server";

let clock: Clock;
let server: LoggingServer;
let feed: ServerFeed;

beforeEach(() => {
  clock = new Clock();
  server = new LoggingServer(clock);
  feed = feedOf(server, clock);
});

/** The notes in the order in which they came. */
function heard(): string[] {
  return feed.state.activity.map((told) => told.text).reverse();
}

function noteEvery(ms: number): string[] {
  const texts: string[] = [];
  const again = (): void => {
    texts.push(`note ${texts.length}`);
    server.note(texts.at(-1)!);
    clock.set(again, ms);
  };
  clock.set(again, ms);
  return texts;
}

describe("a feed", () => {
  it("has the snapshot, and then every event", async () => {
    server.note("before");
    feed.start();
    await clock.pass(100);
    server.note("after");
    expect(feed.way).toBe("live");
    expect(heard()).toEqual(["before", "after"]);
  });

  it("polls within 3 s when sockets are refused, and misses nothing on the way there and back", async () => {
    const texts = noteEvery(130);
    feed.start();
    await clock.pass(2000);
    expect(feed.way).toBe("live");
    server.acceptsSockets = false;
    server.breakSockets();
    await clock.pass(3000);
    expect(feed.way).toBe("polling");
    await clock.pass(5000);
    expect(texts.length - heard().length).toBeLessThanOrEqual(9);
    server.acceptsSockets = true;
    await clock.pass(3000);
    expect(feed.way).toBe("live");
    expect(heard()).toEqual(texts);
  });

  it("goes on from its position when the server was away", async () => {
    feed.start();
    await clock.pass(100);
    server.acceptsSockets = false;
    server.restStatus = 0;
    server.breakSockets();
    await clock.pass(10_000);
    expect(feed.way).toBe("offline");
    server.note("while it was away");
    server.acceptsSockets = true;
    server.restStatus = 200;
    await clock.pass(3000);
    expect(feed.way).toBe("live");
    expect(heard()).toEqual(["while it was away"]);
  });

  it("takes the snapshot of a log that was built anew", async () => {
    server.note("old");
    feed.start();
    await clock.pass(100);
    server.logId = "log-b";
    server.events = [];
    server.breakSockets(1012);
    server.note("new");
    await clock.pass(1000);
    expect(feed.state.logId).toBe("log-b");
    expect(heard()).toEqual(["new"]);
  });

  it("takes nothing of another log, though its offset fits", async () => {
    server.note("old");
    feed.start();
    await clock.pass(100);
    // A poll has taken the view to a log that was built anew; the old server's socket still speaks.
    server.logId = "log-b";
    server.events = [{ type: "training_queued", offset: 1, run_id: "r", data: { name: "r" } }];
    feed.state = { ...feed.state, logId: "log-b", activity: [] };
    const told = { id: "x", level: "info", kind: "note", text: "of the old log", who: "" };
    server.say({ type: "activity_update", offset: 2, run_id: null, data: told });
    expect(heard()).toEqual([]);
    await clock.pass(3000);
    server.note("of the new log");
    expect(feed.way).toBe("live");
    expect(heard()).toEqual(["of the new log"]);
  });

  it("comes back from a silence that no one told it of", async () => {
    feed.start();
    await clock.pass(1500);
    server.fallSilent();
    server.note("in the silence");
    expect(feed.way).toBe("live");
    expect(heard()).toEqual([]);
    await clock.pass(3000);
    expect(feed.way).toBe("live");
    expect(heard()).toEqual(["in the silence"]);
  });

  it("stops for good, leaving nothing behind", async () => {
    feed.start();
    await clock.pass(100);
    feed.stop();
    server.note("after the end");
    await clock.pass(5000);
    expect(heard()).toEqual([]);
  });

  it.each([
    [403, "denied"],
    [404, "absent"],
  ] as const)("says how it is refused: %i", async (status, way) => {
    server.acceptsSockets = false;
    server.restStatus = status;
    feed.start();
    await clock.pass(1000);
    expect(feed.way).toBe(way);
  });
});
