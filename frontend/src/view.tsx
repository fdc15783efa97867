/** The view as a module: what the widget's loader and the MIME renderer mount. */

import { render } from "preact";
import { readParts, readSize } from "./model/parts";
import { text } from "./model/reading_fields";
import { pageAddress } from "./page_address";
import { useServer } from "./page_server";
import { setView } from "./registry";
import type { CommPort } from "./transport/comm";
import { PanelFeed } from "./transport/panel_feed";
import { Boundary } from "./view/Boundary";
import { pageTime } from "./view/clock";
import { EverythingPanel } from "./view/Everything";
import { RunPanel } from "./view/Panel";
import { installStyles } from "./view/styles";

/** What stands in an output or in a widget's traits: written by anybody, so of any type. */
export interface OfferedData {
  snapshot?: unknown;
  activity?: unknown;
  time?: unknown;
  /** The log that the kernel sees. */
  logId?: unknown;
  /** Why the kernel can feed nothing, and what to do about it. */
  problem?: unknown;
  /** Names of the parts to show, in this order, in place of what the view thinks best. */
  show?: unknown;
  /** `line`: in one line. */
  size?: unknown;
}

export interface MountOptions extends OfferedData {
  kind: "widget" | "mime";
  /** Null or empty: everything that is going on. */
  runId: unknown;
  comm?: CommPort;
}

const LONGEST_PROBLEM = 2000;

export interface MountedPanel {
  /** Unmount. */
  (): void;
  /** Offer newer data of the same run. */
  offer(data: OfferedData): void;
}

/** Keep the page's registry at what this view shows. */
function report(feed: PanelFeed, runId: string | null, isRendered: boolean): () => void {
  const tell = (): void => {
    const { connection, via } = feed.feeding;
    setView(feed, { runId: runId ?? "", connection, via, isRendered });
  };
  const unlisten = feed.listen(tell);
  const timer = setInterval(tell, 500);
  tell();
  return () => {
    unlisten();
    clearInterval(timer);
    setView(feed, null);
  };
}

/** Show a run (or everything) in an element, live, until the returned function is called. */
export function mountPanel(element: HTMLElement, options: MountOptions): MountedPanel {
  const runId = text(options.runId) || null;
  const address = pageAddress();
  const server = address && useServer(address);
  const feed = new PanelFeed({
    runId,
    server: server?.feed ?? null,
    comm: options.comm ?? null,
    now: () => performance.now(),
  });
  const offer = ({ snapshot, activity, time, logId, problem }: OfferedData): void => {
    feed.problem = (text(problem) ?? "").slice(0, LONGEST_PROBLEM);
    feed.setKernelLog(text(logId) ?? "");
    const updated = (snapshot as { updated_time?: unknown } | null | undefined)?.updated_time;
    feed.offer(snapshot, activity, pageTime(time ?? updated));
  };
  const draw = ({ show, size }: OfferedData): void => {
    const asked = { feed, show: readParts(show), size: readSize(size) };
    render(
      <Boundary what="This panel">
        {runId ? <RunPanel {...asked} /> : <EverythingPanel {...asked} />}
      </Boundary>,
      element,
    );
  };
  offer(options);
  feed.start();
  installStyles(element);
  element.classList.add("jpp", `jpp-in-${options.kind}`);
  const unreport = report(feed, runId, options.kind === "mime");
  draw(options);
  const unmount = (): void => {
    unreport();
    render(null, element);
    feed.stop();
    server?.release();
  };
  const offerAnew = (data: OfferedData): void => {
    offer(data);
    draw(data);
  };
  return Object.assign(unmount, { offer: offerAnew });
}
