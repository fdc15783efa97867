import { describe, expect, it } from "vitest";
import {
  NEW_CONNECTION,
  retryOf,
  step,
  wayOf,
  type Command,
  type ConnectionState,
  type Input,
} from "../../src/transport/connection";

/** Feeds inputs at moments, and keeps the commands of the last one. */
class Driver {
  state: ConnectionState = NEW_CONNECTION;
  commands: Command[] = [];

  constructor(public random = 0.5) {}

  at(now: number, input: Input): this {
    const next = step(this.state, input, now, this.random);
    this.state = next.state;
    this.commands = next.commands;
    return this;
  }

  get kinds(): string[] {
    return this.commands.map((command) =>
      command.kind === "wake" ? `wake ${command.timer}` : command.kind,
    );
  }

  wake(timer: string): number | undefined {
    const found = this.commands.find(
      (command) => command.kind === "wake" && command.timer === timer,
    );
    return found?.kind === "wake" ? found.inMs : undefined;
  }
}

function joined(): Driver {
  return new Driver().at(0, { kind: "start" }).at(100, { kind: "hello", heartbeatMs: 1000 });
}

describe("the socket", () => {
  it("is tried first, and is live from its hello on", () => {
    const driver = new Driver().at(0, { kind: "start" });
    expect(driver.kinds).toEqual(["open_socket", "wake hello"]);
    expect(wayOf(driver.state, 10)).toBe("connecting");
    driver.at(100, { kind: "hello", heartbeatMs: 1000 });
    expect(wayOf(driver.state, 200)).toBe("live");
  });

  it("is dropped without a hello after 1.5 s, and polling begins", () => {
    const driver = new Driver().at(0, { kind: "start" });
    expect(driver.wake("hello")).toBe(1500);
    driver.at(1500, { kind: "woke", timer: "hello" });
    expect(driver.kinds).toEqual(["drop_socket", "poll", "wake attempt"]);
  });

  it("is offline after 2.5 heartbeats of silence, and opened again", () => {
    const driver = joined().at(1000, { kind: "heard" });
    expect(wayOf(driver.state, 3500)).toBe("live");
    expect(wayOf(driver.state, 3501)).toBe("offline");
    driver.at(3600, { kind: "woke", timer: "silence" });
    expect(driver.kinds).toEqual(["drop_socket", "open_socket", "wake hello", "poll"]);
  });

  it("waits on where it was heard in the meantime", () => {
    const driver = joined().at(1000, { kind: "heard" }).at(2600, { kind: "woke", timer: "silence" });
    expect(driver.commands).toEqual([{ kind: "wake", timer: "silence", inMs: 900 }]);
  });

  it("is opened again at once where an offset is missing", () => {
    expect(joined().at(500, { kind: "gap" }).kinds).toEqual([
      "drop_socket",
      "open_socket",
      "wake hello",
    ]);
  });

  it.each([1000, 1001, 1006, 1011, 1012, 4400, 4401, 4402])("comes back after %i", (code) => {
    const driver = joined().at(500, { kind: "closed", code });
    expect(driver.wake("attempt")).toBeLessThanOrEqual(100);
  });

  it.each([1009, 4501, 4502])("does not come back after %i, and polls", (code) => {
    const driver = joined().at(500, { kind: "closed", code });
    expect(driver.kinds).toEqual(["poll"]);
    driver.at(9000, { kind: "woke", timer: "attempt" });
    expect(driver.kinds).toEqual([]);
  });

  it("stops altogether when the permission is withdrawn", () => {
    const driver = joined().at(500, { kind: "closed", code: 4500 });
    expect(driver.kinds).toEqual([]);
    expect(wayOf(driver.state, 600)).toBe("denied");
  });
});

describe("polling", () => {
  function polling(): Driver {
    return new Driver()
      .at(0, { kind: "start" })
      .at(50, { kind: "closed", code: 1006 })
      .at(80, { kind: "polled", hasMore: false });
  }

  it("takes over at once from a socket that is refused", () => {
    const driver = new Driver().at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    expect(driver.kinds).toEqual(["poll", "wake attempt"]);
    driver.at(80, { kind: "polled", hasMore: false });
    expect(wayOf(driver.state, 100)).toBe("polling");
    expect(driver.wake("poll")).toBe(1000);
  });

  it("goes on at once where there is more", () => {
    const driver = new Driver().at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    driver.at(80, { kind: "polled", hasMore: true });
    expect(driver.kinds).toEqual(["poll"]);
  });

  it("never asks twice at a time", () => {
    const driver = polling().at(1080, { kind: "woke", timer: "poll" });
    expect(driver.kinds).toEqual(["poll"]);
    driver.at(1081, { kind: "woke", timer: "poll" });
    expect(driver.kinds).toEqual([]);
  });

  it("tries the socket again within a second while REST answers", () => {
    for (const random of [0, 0.5, 0.999]) {
      const driver = polling();
      driver.random = random;
      for (let attempt = 0; attempt < 8; attempt += 1) {
        driver.at(1000 * attempt, { kind: "woke", timer: "attempt" });
        expect(driver.kinds).toEqual(["open_socket", "wake hello"]);
        driver.at(1000 * attempt + 10, { kind: "closed", code: 1006 });
        expect(driver.wake("attempt")).toBeLessThanOrEqual(1000);
      }
    }
  });

  it("ends with the socket's hello, and what is still under way is dropped", () => {
    const driver = polling().at(1080, { kind: "woke", timer: "poll" });
    driver.at(1090, { kind: "hello", heartbeatMs: 1000 });
    expect(driver.kinds).toEqual(["drop_poll", "wake silence"]);
    expect(wayOf(driver.state, 1100)).toBe("live");
  });

  it("goes offline when answers fail, and the socket is tried ever more rarely", () => {
    const driver = polling();
    driver.random = 1;
    driver.at(1080, { kind: "woke", timer: "poll" }).at(1090, { kind: "poll_failed", status: 0 });
    expect(driver.wake("poll")).toBe(1000);
    expect(wayOf(driver.state, 5000)).toBe("offline");
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      driver.at(2000, { kind: "woke", timer: "attempt" }).at(2000, { kind: "closed", code: 1006 });
      waits.push(driver.wake("attempt") ?? -1);
    }
    expect(waits.at(-1)).toBe(30_000);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });

  it("opens the socket as soon as REST is back", () => {
    const driver = polling();
    driver.at(1080, { kind: "woke", timer: "poll" }).at(1090, { kind: "poll_failed", status: 0 });
    driver.at(2090, { kind: "woke", timer: "poll" }).at(2100, { kind: "polled", hasMore: false });
    expect(driver.kinds).toEqual(["open_socket", "wake hello", "wake poll"]);
  });
});

describe("a refusal", () => {
  it.each([
    [401, "denied"],
    [403, "denied"],
    [404, "absent"],
    [503, "offline"],
  ])("of %i is shown as %s", (status, way) => {
    const driver = new Driver().at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    driver.at(80, { kind: "poll_failed", status });
    expect(wayOf(driver.state, 100)).toBe(way);
  });

  it("ends when the server answers after all", () => {
    const driver = new Driver().at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    driver.at(80, { kind: "poll_failed", status: 404 });
    driver.at(5080, { kind: "woke", timer: "poll" }).at(5090, { kind: "polled", hasMore: false });
    expect(wayOf(driver.state, 5100)).toBe("polling");
    expect(driver.kinds).toContain("open_socket");
  });
});

it("tries at once what waits when the page is shown again", () => {
  const driver = new Driver(0.99).at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
  driver.at(60, { kind: "poll_failed", status: 0 }).at(100, { kind: "hint" });
  expect(driver.kinds).toEqual(["poll", "open_socket", "wake hello"]);
});

describe("what is done about a connection that is down", () => {
  function refused(): Driver {
    const driver = new Driver(0.5).at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    return driver.at(60, { kind: "poll_failed", status: 0 });
  }

  it("is nothing while something is heard", () => {
    expect(retryOf(joined().state, 200)).toBeNull();
    const polling = new Driver().at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    expect(retryOf(polling.at(80, { kind: "polled", hasMore: false }).state, 100)).toBeNull();
  });

  it("is told by the very timer of the next attempt", () => {
    const driver = refused();
    expect(driver.wake("poll")).toBe(1000);
    // The socket's comes first: half a second after it was refused, at 50.
    expect(retryOf(driver.state, 70)).toEqual({ at: 550, triedAt: 50, waitMs: 490 });
    driver.at(550, { kind: "woke", timer: "attempt" });
    expect(retryOf(driver.state, 560)).toEqual({ at: null, triedAt: 550, waitMs: 490 });
  });

  it("is rarer after a minute without any answer, and at once when somebody asks", () => {
    const driver = refused();
    driver.at(59_000, { kind: "woke", timer: "poll" }).at(59_010, { kind: "poll_failed", status: 0 });
    expect(driver.wake("poll")).toBe(1000);
    driver.at(61_000, { kind: "woke", timer: "poll" }).at(61_010, { kind: "poll_failed", status: 0 });
    expect(driver.wake("poll")).toBe(5000);
    driver.at(61_020, { kind: "hint" });
    expect(driver.kinds).toEqual(["poll", "open_socket", "wake hello"]);
    expect(retryOf(driver.state, 61_030)?.at).toBeNull();
  });

  it("is counted for a page that is refused, too, and nothing where the permission was withdrawn", () => {
    const driver = new Driver().at(0, { kind: "start" }).at(50, { kind: "closed", code: 1006 });
    driver.at(80, { kind: "poll_failed", status: 403 });
    expect(retryOf(driver.state, 1080)).toEqual({ at: 5080, triedAt: 50, waitMs: 5000 });
    expect(retryOf(joined().at(500, { kind: "closed", code: 4500 }).state, 600)).toBeNull();
  });
});
