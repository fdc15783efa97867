/**
 * The extension's ear on the page's one connection, for the status item, the commands and the notifications.
 *
 * Loaded once Lab is up. A server that has not jupyter-progress is asked once, and left alone until a
 * person wants it looked for again.
 */

import { useServer } from "../page_server";
import type { ServerAddress } from "../transport/address";
import { viewOf, type FeedView } from "../transport/feed_view";
import { PanelFeed } from "../transport/panel_feed";
import type { ServerFeed } from "../transport/server_feed";

/** However much comes, this is how often the page beside it is written to. */
const TELL_EVERY_MS = 250;

export class Watch {
  #server: ServerFeed;
  #release: () => void;
  #feed: PanelFeed;
  #listeners = new Set<() => void>();
  #joiners = new Set<() => void>();
  #timer: number | undefined;

  constructor(private readonly address: ServerAddress) {
    [this.#server, this.#release, this.#feed] = this.#connect();
    this.#heard();
  }

  get view(): FeedView {
    return viewOf(this.#feed);
  }

  get isAbsent(): boolean {
    return this.#feed.feeding.connection === "absent";
  }

  /** Hear, a few times a second at most, that something is another. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hear that there is a new connection, for which feeds of one's own are to be made anew. */
  onConnect(joiner: () => void): () => void {
    this.#joiners.add(joiner);
    return () => this.#joiners.delete(joiner);
  }

  /** A feed for a view of its own, on the same connection. */
  newFeed(): PanelFeed {
    return feedOn(this.#server);
  }

  /** Look for the server's part again. */
  again(): void {
    this.#feed.stop();
    [this.#server, this.#release, this.#feed] = this.#connect();
    this.#heard();
    for (const joiner of [...this.#joiners]) joiner();
  }

  #connect(): [ServerFeed, () => void, PanelFeed] {
    const { feed: server, release } = useServer(this.address);
    const feed = feedOn(server);
    feed.listen(() => this.#heard());
    return [server, release, feed];
  }

  #heard(): void {
    if (this.isAbsent) this.#release();
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined;
      for (const listener of [...this.#listeners]) listener();
    }, TELL_EVERY_MS);
  }
}

function feedOn(server: ServerFeed): PanelFeed {
  const feed = new PanelFeed({ runId: null, server, comm: null, now: () => performance.now() });
  feed.start();
  return feed;
}
