/** A server's side of the wire for the places of the page: its feed, the machine's hour, and models. */

import { isWanted, type ActivityFilter } from "../../../src/model/activity_filter";
import { readActivities } from "../../../src/model/reading";
import { RestError, type Rest } from "../../../src/transport/rest";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { Clock, feedOf, LoggingServer } from "../../transport/server";
import { pass } from "./scene";

type Answer = Record<string, unknown>;

export class PlaceServer extends LoggingServer {
  /** What stands in the snapshot beside what is logged. */
  told: Answer = {};
  /** What it answers by the beginning of an address; an error is thrown. */
  answers: Record<string, Answer | RestError | ((path: string) => Answer)> = {};
  /** What it answers to what is posted. */
  posts: Record<string, (body: unknown) => unknown> = {};

  override get snapshot(): Record<string, unknown> {
    return { ...super.snapshot, ...this.told };
  }

  override rest(): Rest {
    const plain = super.rest();
    const get = async (path: string, signal?: AbortSignal): Promise<unknown> => {
      const known = Object.keys(this.answers).find((start) => path.startsWith(start));
      const answer = known === undefined ? null : this.answers[known]!;
      if (answer === null && !path.startsWith("activity?")) return plain.get(path, signal);
      this.asked.push(path);
      await Promise.resolve();
      if (this.restStatus !== 200) throw new RestError(this.restStatus, "refused", "refused");
      if (answer === null) return this.#feed(new URLSearchParams(path.slice("activity?".length)));
      if (answer instanceof RestError) throw answer;
      return typeof answer === "function" ? answer(path) : answer;
    };
    const post = async (path: string, body: unknown): Promise<unknown> => {
      this.posted.push([path, body]);
      await Promise.resolve();
      return this.posts[path]?.(body) ?? {};
    };
    const file = (path: string): Promise<never> => Promise.reject(new RestError(409, "artifact_refused", `no file at ${path}`));
    return { get, post, file, urlOf: (path: string) => `/api/${path}` } as unknown as Rest;
  }

  /** A page of the feed by the server's own rules. */
  #feed(query: URLSearchParams): Answer {
    const filter = {
      level: query.get("level"),
      kind: query.get("kind"),
      words: query.get("words") ?? "",
      runId: query.get("run_id"),
    } as ActivityFilter;
    const before = Number(query.get("before") ?? Infinity);
    const limit = Number(query.get("limit"));
    const logged = this.events.filter(({ type }) => type === "activity_update");
    const lines = readActivities(logged.map(({ data, time, run_id, offset }) => ({ ...(data as object), time, run_id, offset })));
    const found = lines.filter((line) => line.offset < before && isWanted(line, filter)).reverse();
    const activity = found.slice(0, limit);
    return { activity, next: found.length > limit ? activity.at(-1)!.offset : null };
  }

  line(level: string, text: string, runId: string | null = null, kind = "note"): void {
    this.add("activity_update", runId, { id: text, level, kind, text, who: "" });
  }
}

export interface Shown {
  clock: Clock;
  server: PlaceServer;
  feed: PanelFeed;
  /** Let the server's time and the page's pass. */
  wait: (ms?: number) => Promise<void>;
}

/** A page's feed on such a server, once it is live. */
export async function connected(prepare: (server: PlaceServer) => void): Promise<Shown> {
  const clock = new Clock();
  const server = new PlaceServer(clock);
  prepare(server);
  const serverFeed = feedOf(server, clock);
  const feed = new PanelFeed({ runId: null, server: serverFeed, comm: null, now: () => clock.now });
  feed.start();
  serverFeed.start();
  await clock.pass(100);
  const wait = async (ms = 100): Promise<void> => {
    await clock.pass(ms);
    await pass(60);
  };
  return { clock, server, feed, wait };
}

export function texts(within: Element, selector: string): string[] {
  return [...within.querySelectorAll<HTMLElement>(selector)].map((found) => found.innerText.trim());
}
