/**
 * The page's own way to the server: carries out what the connection decides, and hands on messages.
 *
 * One feed serves every view of a page. It keeps a state of its own, so that it knows its position
 * and can give a view that joins later all there is.
 */

import { applyMessages } from "../model/view";
import { readMessages } from "../model/reading";
import { fields, number } from "../model/reading_fields";
import { EMPTY, type ViewState } from "../model/view_state";
import type { Message } from "../model/wire";
import { streamUrl, type ServerAddress } from "./address";
import {
  NEW_CONNECTION,
  retryOf,
  step,
  wayOf,
  type Command,
  type ConnectionState,
  type Input,
  type Retry,
  type Timer,
  type Way,
} from "./connection";
import { Rest, RestError } from "./rest";

export interface SocketHandlers {
  onFrame(frame: unknown): void;
  onClose(code: number): void;
}

/** What the feed does outside itself. */
export interface Surroundings {
  page: string;
  now(): number;
  random(): number;
  /** Returns what closes the socket; nothing is heard of it after that. */
  openSocket(url: string, handlers: SocketHandlers): () => void;
  setTimer(call: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

export interface FeedListener {
  onMessages(messages: readonly Message[]): void;
  onWay(way: Way): void;
}

export class ServerFeed {
  state: ViewState = EMPTY;
  #connection: ConnectionState = NEW_CONNECTION;
  #closeSocket: (() => void) | null = null;
  #poll: AbortController | null = null;
  #timers = new Map<Timer, unknown>();
  #watch: unknown = null;
  #listeners = new Set<FeedListener>();
  #way: Way = "connecting";
  #isStopped = false;

  constructor(
    readonly address: ServerAddress,
    readonly rest: Rest,
    private readonly around: Surroundings,
  ) {}

  get way(): Way {
    return wayOf(this.#connection, this.around.now());
  }

  /** When something was last heard from the server, in the page's clock; -Infinity: never. */
  get heardAt(): number {
    return Math.max(this.#connection.heardAt, this.#connection.polledAt);
  }

  get heartbeatMs(): number {
    return this.#connection.heartbeatMs;
  }

  /** What is done about a connection that is down, in the page's clock. */
  get retry(): Retry | null {
    return this.#isStopped ? null : retryOf(this.#connection, this.around.now());
  }

  start(): void {
    this.#take({ kind: "start" });
    this.#lookAgain();
  }

  stop(): void {
    this.#isStopped = true;
    this.#dropSocket();
    this.#poll?.abort();
    for (const timer of this.#timers.values()) this.around.clearTimer(timer);
    this.#timers.clear();
    this.around.clearTimer(this.#watch);
    this.#listeners.clear();
  }

  /** Try now whatever is waiting: the page was shown again, or the network came back. */
  hint(): void {
    if (!this.#isStopped) this.#take({ kind: "hint" });
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    listener.onWay(this.way);
    return () => this.#listeners.delete(listener);
  }

  /** Silence turns `live` into `offline` without any input, so the way is looked at again and again. */
  #lookAgain(): void {
    this.#tellWay();
    this.#watch = this.around.setTimer(() => this.#lookAgain(), 500);
  }

  #tellWay(): void {
    const way = this.way;
    if (way === this.#way) return;
    this.#way = way;
    for (const listener of [...this.#listeners]) listener.onWay(way);
  }

  #take(input: Input): void {
    const { now, random } = this.around;
    const next = step(this.#connection, input, now(), random());
    this.#connection = next.state;
    for (const command of next.commands) this.#carryOut(command);
    this.#tellWay();
  }

  #carryOut(command: Command): void {
    switch (command.kind) {
      case "open_socket":
        return this.#openSocket();
      case "drop_socket":
        return this.#dropSocket();
      case "poll":
        void this.#pollOnce();
        return;
      case "drop_poll":
        this.#poll?.abort();
        this.#poll = null;
        return;
      case "wake": {
        const { timer, inMs } = command;
        this.around.clearTimer(this.#timers.get(timer));
        this.#timers.set(
          timer,
          this.around.setTimer(() => this.#take({ kind: "woke", timer }), inMs),
        );
      }
    }
  }

  get #position(): { logId: string; offset: number } | null {
    return this.state.logId === null
      ? null
      : { logId: this.state.logId, offset: this.state.offset };
  }

  #openSocket(): void {
    this.#dropSocket();
    const url = streamUrl(this.address, this.around.page, this.#position);
    const told: { logId: string | null } = { logId: null };
    this.#closeSocket = this.around.openSocket(url, {
      onFrame: (frame) => this.#frame(frame, told),
      onClose: (code) => {
        this.#closeSocket = null;
        this.#take({ kind: "closed", code });
      },
    });
  }

  #dropSocket(): void {
    this.#closeSocket?.();
    this.#closeSocket = null;
  }

  #frame(frame: unknown, told: { logId: string | null }): void {
    const messages = typeof frame === "string" ? readMessages(JSON.parse(frame)) : [];
    const hello = messages.find((message) => message.type === "hello");
    if (hello) {
      told.logId = hello.log_id ?? null;
      this.#take({ kind: "hello", heartbeatMs: 1000 * (number(hello.heartbeat_s) ?? 1) });
    }
    this.#take({ kind: "heard" });
    if (this.#apply(messages, told.logId)) this.#take({ kind: "gap" });
  }

  /** Bring what a way told of a log to the view; answers whether something before it is missing. */
  #apply(messages: readonly Message[], logId: string | null): boolean {
    // The other way may have taken the view to another log since this was sent.
    const isForeign = logId !== null && this.state.logId !== null && logId !== this.state.logId;
    if (isForeign && !messages.some((message) => message.type === "snapshot")) return true;
    const { state, isGap } = applyMessages(this.state, messages, this.around.now());
    this.state = state;
    for (const listener of [...this.#listeners]) listener.onMessages(messages);
    return isGap;
  }

  async #pollOnce(): Promise<void> {
    const poll = new AbortController();
    this.#poll = poll;
    try {
      const page = fields(await this.rest.get(`events${this.#since()}`, poll.signal));
      if (this.#poll !== poll) return;
      this.#apply(messagesOfPage(page), typeof page["log_id"] === "string" ? page["log_id"] : null);
      this.#take({ kind: "polled", hasMore: page["more"] === true });
    } catch (error) {
      if (this.#poll !== poll) return;
      if (!(error instanceof RestError)) throw error;
      this.#take({ kind: "poll_failed", status: error.status });
    }
  }

  #since(): string {
    const at = this.#position;
    return at ? `?log_id=${encodeURIComponent(at.logId)}&since=${at.offset}` : "";
  }
}

/** A page of `GET events` as the stream would have said it. */
export function messagesOfPage(page: Record<string, unknown>): Message[] {
  const messages: Message[] = [];
  if (page["snapshot"]) {
    const logId = typeof page["log_id"] === "string" ? page["log_id"] : "";
    const offset = number(page["offset"]) ?? 0;
    messages.push({ type: "snapshot", log_id: logId, offset, data: page["snapshot"] });
  }
  return [...messages, ...readMessages(page["events"]), ...readMessages(page["volatile"])];
}
