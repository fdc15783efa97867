/** The page's one connection to its server, and what that needs of the browser. */

import { registry } from "./registry";
import type { ServerAddress } from "./transport/address";
import { Rest } from "./transport/rest";
import { ServerFeed, type SocketHandlers, type Surroundings } from "./transport/server_feed";

function cookie(name: string): string | null {
  for (const pair of document.cookie.split("; ")) {
    const [key, ...rest] = pair.split("=");
    if (key === name) return decodeURIComponent(rest.join("="));
  }
  return null;
}

function openSocket(url: string, handlers: SocketHandlers): () => void {
  const socket = new WebSocket(url);
  const listening = new AbortController();
  const { signal } = listening;
  socket.addEventListener("message", (event) => handlers.onFrame(event.data), { signal });
  socket.addEventListener("close", (event) => handlers.onClose(event.code), { signal });
  return () => {
    listening.abort();
    socket.close();
  };
}

const BROWSER: Surroundings = {
  page: document.baseURI,
  now: () => performance.now(),
  random: Math.random,
  openSocket,
  setTimer: (call, ms) => setTimeout(call, ms),
  clearTimer: (timer) => clearTimeout(timer as number),
};

const LINGER_MS = 5000;

interface SharedFeed {
  feed: ServerFeed;
  users: number;
  stopTimer: number | undefined;
  unhint: () => void;
}

/** Coming back to a page, or to a network, is a reason to try at once. */
function hintOnReturn(feed: ServerFeed): () => void {
  const hint = (): void => {
    if (document.visibilityState === "visible") feed.hint();
  };
  document.addEventListener("visibilitychange", hint);
  window.addEventListener("online", hint);
  return () => {
    document.removeEventListener("visibilitychange", hint);
    window.removeEventListener("online", hint);
  };
}

function connect(address: ServerAddress): SharedFeed {
  const rest = new Rest({
    address,
    page: document.baseURI,
    fetch: (input, init) => fetch(input, init),
    xsrf: () => cookie("_xsrf"),
  });
  const feed = new ServerFeed(address, rest, BROWSER);
  feed.start();
  return { feed, users: 0, stopTimer: undefined, unhint: hintOnReturn(feed) };
}

/**
 * Take part in the page's one connection to its server. The last to leave closes it, a moment later:
 * a view that is moved about leaves and comes again. A server without this extension is left at once.
 */
export function useServer(address: ServerAddress): { feed: ServerFeed; release: () => void } {
  const feeds = registry().feeds as Map<string, SharedFeed>;
  const shared = feeds.get(address.baseUrl) ?? connect(address);
  feeds.set(address.baseUrl, shared);
  clearTimeout(shared.stopTimer);
  shared.users += 1;
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    shared.users -= 1;
    if (shared.users > 0) return;
    const lingerMs = shared.feed.way === "absent" ? 0 : LINGER_MS;
    shared.stopTimer = window.setTimeout(() => {
      shared.unhint();
      shared.feed.stop();
      feeds.delete(address.baseUrl);
    }, lingerMs);
  };
  return { feed: shared.feed, release };
}
