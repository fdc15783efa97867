/**
 * A server's side of the wire for the tests of the feeds: a log of events, a stream and `GET events`,
 * on a clock that the test turns. It answers by the rules of the wire; what it does not do is listen
 * on a socket.
 */

import type { Message } from "../../src/model/wire";
import type { Rest } from "../../src/transport/rest";
import { RestError } from "../../src/transport/rest";
import { ServerFeed, type SocketHandlers, type Surroundings } from "../../src/transport/server_feed";

export class Clock {
  now = 0;
  #timers = new Map<number, { at: number; call: () => void }>();
  #next = 1;

  set = (call: () => void, ms: number): number => {
    this.#timers.set(this.#next, { at: this.now + ms, call });
    return this.#next++;
  };

  clear = (timer: unknown): void => {
    this.#timers.delete(timer as number);
  };

  /** Let time pass, with all that falls due; promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end);
      const [first] = due.sort((a, b) => a[1].at - b[1].at);
      if (!first) break;
      this.#timers.delete(first[0]);
      this.now = Math.max(this.now, first[1].at);
      first[1].call();
    }
    this.now = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function lineOf({ data, time, run_id, offset }: Message): Record<string, unknown> {
  return { ...(data as object), time, run_id, offset };
}

export class LoggingServer {
  logId = "log-a";
  events: Message[] = [];
  runs: Record<string, unknown>[] = [];
  /** What it answers as every run's scores. */
  series: Record<string, [number, number | null][]> = {};
  /** What every run's worker has printed. */
  output = "";
  /** What it answers as every run's leaderboard, and what it was asked to do. */
  candidates: Record<string, unknown>[] = [];
  posted: [string, unknown][] = [];
  /** All runs that there are, newest first; `runs` are those of the snapshot. */
  past: Record<string, unknown>[] = [];
  /** Why it changes no run; empty: it does. */
  refusal = "";
  acceptsSockets = true;
  /** 200: answers; else the status it refuses with, 0 for unreachable. */
  restStatus = 200;
  asked: string[] = [];
  activityInSnapshot = 50;
  #sockets = new Set<SocketHandlers>();

  constructor(private readonly clock: Clock) {
    this.#beat();
  }

  add(type: string, runId: string | null, payload: Record<string, unknown>): void {
    const offset = this.events.length + 1;
    const time = `2026-11-22T10:00:${String(offset % 60).padStart(2, "0")}.000Z`;
    const message: Message = { type, offset, time, run_id: runId, data: payload };
    this.events.push(message);
    for (const socket of this.#sockets) socket.onFrame(JSON.stringify([message]));
  }

  note(text: string, runId: string | null = null): void {
    this.add("activity_update", runId, { id: text, level: "info", kind: "note", text, who: "" });
  }

  /** Say something over the open connections that is in no log of this server. */
  say(message: Message): void {
    for (const socket of this.#sockets) socket.onFrame(JSON.stringify([message]));
  }

  /** Go away, as a killed server does. */
  breakSockets(code = 1006): void {
    const sockets = [...this.#sockets];
    this.#sockets.clear();
    for (const socket of sockets) socket.onClose(code);
  }

  /** Leave the connections open, and say nothing more over them: a cut cable. */
  fallSilent(): void {
    this.#sockets.clear();
  }

  open = (url: string, handlers: SocketHandlers): (() => void) => {
    if (!this.acceptsSockets) {
      this.clock.set(() => handlers.onClose(1006), 1);
      return () => undefined;
    }
    this.clock.set(() => {
      this.#sockets.add(handlers);
      handlers.onFrame(JSON.stringify(this.#greeting(new URL(url).searchParams)));
    }, 1);
    return () => this.#sockets.delete(handlers);
  };

  get snapshot(): Record<string, unknown> {
    const told = this.events.filter((event) => event.type === "activity_update");
    const activity = told.map(lineOf).reverse().slice(0, this.activityInSnapshot);
    return { server: null, health: null, runs: this.runs, activity, models: [] };
  }

  rest(): Rest {
    const post = async (path: string, body: unknown): Promise<unknown> => {
      await Promise.resolve();
      return this.posted.push([path, body]);
    };
    const patch = async (path: string, change: unknown): Promise<unknown> => {
      this.#mayAct("PATCH", path, change);
      await Promise.resolve();
      const known = this.#runAt(path);
      Object.assign(known, change);
      const { name, tags, notes } = known;
      this.add("run_updated", String(known["run_id"]), { name, tags, notes });
      return { ...known };
    };
    const remove = async (path: string): Promise<unknown> => {
      this.#mayAct("DELETE", path, null);
      await Promise.resolve();
      const gone = this.#runAt(path);
      this.past = this.past.filter((run) => run !== gone);
      this.add("run_deleted", String(gone["run_id"]), {});
      return null;
    };
    return { get: (path: string) => this.#get(path), post, patch, delete: remove } as unknown as Rest;
  }

  #mayAct(verb: string, path: string, body: unknown): void {
    this.posted.push([`${verb} ${path}`, body]);
    if (this.refusal) throw new RestError(409, "refused", this.refusal);
  }

  #runAt(path: string): Record<string, unknown> {
    const found = [...this.past, ...this.runs].find((run) => path === `runs/${String(run["run_id"])}`);
    if (!found) throw new RestError(404, "unknown_run", "There is no such run");
    return found;
  }

  /** A page of all runs, newest first: of words it looks at names alone, and `sort=name` is its only order. */
  #past(query: URLSearchParams): Record<string, unknown> {
    const words = query.get("q") ?? "";
    const found = this.past.filter((run) => `${String(run["name"])}\n${String(run["run_id"])}`.includes(words));
    if (query.get("sort") === "name") found.sort((a, b) => (String(a["name"]) < String(b["name"]) ? -1 : 1));
    const from = Number(query.get("before") ?? 0);
    const end = from + Number(query.get("limit"));
    return { runs: found.slice(from, end), next: end < found.length ? String(end) : null, total: found.length };
  }

  /** What is in the log of one run or of all, in pages. */
  #activity(query: URLSearchParams): Record<string, unknown> {
    const about = query.get("run_id");
    const before = Number(query.get("before") ?? Infinity);
    const limit = Number(query.get("limit"));
    const found = this.events
      .filter((event) => event.type === "activity_update" && event.offset! < before)
      .filter((event) => about === null || event.run_id === about)
      .reverse();
    const activity = found.slice(0, limit).map(lineOf);
    return { activity, next: found.length > limit ? activity.at(-1)!["offset"] : null };
  }

  #named(names: string | null): Record<string, [number, number | null][]> {
    if (names === null) return this.series;
    const asked = names.split(",").map((name) => name.replaceAll("%2C", ",").replaceAll("%25", "%"));
    return Object.fromEntries(Object.entries(this.series).filter(([name]) => asked.includes(name)));
  }

  #tail(lines: number): string {
    return this.output.split(/(?<=\n)/).slice(-lines).join("");
  }

  #isKnown(query: URLSearchParams): boolean {
    const since = query.get("since");
    const isOurs = query.get("log_id") === this.logId;
    return since !== null && isOurs && Number(since) <= this.events.length;
  }

  #greeting(query: URLSearchParams): Message[] {
    const recovered = this.#isKnown(query);
    const at = { log_id: this.logId, offset: this.events.length };
    const hello: Message = { type: "hello", ...at, recovered, heartbeat_s: 1 };
    if (recovered) return [hello, ...this.events.slice(Number(query.get("since")))];
    return [hello, { type: "snapshot", ...at, data: this.snapshot }];
  }

  async #get(path: string): Promise<unknown> {
    this.asked.push(path);
    await Promise.resolve();
    if (this.restStatus !== 200) throw new RestError(this.restStatus, "refused", "refused");
    const url = new URL(path, "http://server/");
    if (url.pathname.endsWith("/metrics")) return { series: this.#named(url.searchParams.get("names")) };
    if (url.pathname.endsWith("/output")) return { text: this.#tail(Number(url.searchParams.get("tail"))) };
    if (url.pathname.endsWith("/candidates")) {
      return { candidates: this.candidates, total: this.candidates.length };
    }
    if (url.pathname === "/runs") return this.#past(url.searchParams);
    if (url.pathname === "/facets") return { statuses: [], tags: [{ name: "night", runs: 2 }], estimators: [], metrics: [] };
    if (url.pathname.startsWith("/runs/")) {
      const run = [...this.runs, ...this.past].find((known) => `/runs/${String(known["run_id"])}` === url.pathname);
      if (!run) throw new RestError(404, "unknown_run", "There is no such run");
      return run;
    }
    if (url.pathname === "/activity") return this.#activity(url.searchParams);
    const recovered = this.#isKnown(url.searchParams);
    const head = this.events.length;
    const events = recovered ? this.events.slice(Number(url.searchParams.get("since"))) : [];
    const snapshot = recovered ? null : this.snapshot;
    const at = { log_id: this.logId, offset: head, head, more: false };
    return { ...at, recovered, events, volatile: [], snapshot };
  }

  #beat(): void {
    const beat: Message = { type: "heartbeat", offset: this.events.length };
    for (const socket of this.#sockets) socket.onFrame(JSON.stringify([beat]));
    this.clock.set(() => this.#beat(), 1000);
  }
}

export function feedOf(server: LoggingServer, clock: Clock): ServerFeed {
  const around: Surroundings = {
    page: "http://server/lab",
    now: () => clock.now,
    random: () => 0.5,
    openSocket: server.open,
    setTimer: clock.set,
    clearTimer: clock.clear,
  };
  return new ServerFeed({ baseUrl: "/", wsUrl: "", token: "" }, server.rest(), around);
}
