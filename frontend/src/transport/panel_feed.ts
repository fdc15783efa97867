/**
 * What one view is fed with: the page's own way to the server, or its widget's comm.
 *
 * Both ways lead into one state, where offset and revision decide what is new. The server's way goes
 * first wherever it answers and knows what is shown; the kernel's takes over while it does not.
 */

import { withSeries } from "../model/forgetting";
import { adoptState, applyMessages, withOlderActivity, withRun } from "../model/view";
import { readActivities, readRun, readSeries, readSnapshot } from "../model/reading";
import { fields } from "../model/reading_fields";
import { fetchedSeries } from "../model/series";
import { hasEnded } from "../model/transitions";
import { EMPTY, withEntry, withoutRepeats, type ViewState } from "../model/view_state";
import type { Activity, Message, RunState } from "../model/wire";
import { readFromKernel, type CommPort, type KernelConnection } from "./comm";
import { SILENT_BEATS, type Retry, type Way } from "./connection";
import { askServer, KernelControls, KernelLost, type Control } from "./controls";
import { RestError, type Rest } from "./rest";
import type { ServerFeed } from "./server_feed";

export type ShownConnection = Way | KernelConnection;

/** How the view is fed now, and since when nothing was heard. */
export interface Feeding {
  connection: ShownConnection;
  via: "socket" | "rest" | "comm" | "none";
  /** When the source of what is shown was last heard, in this page's clock; -Infinity: never. */
  heardAt: number;
  heartbeatMs: number;
  /** The attempts at a source that is silent, in this page's clock; null: nothing is tried, or it is heard. */
  retry: Retry | null;
}

/** The age, in ms, that has to stand beside what is shown; null: it is as new as this connection brings. */
export function ageToShow({ connection, heardAt, heartbeatMs }: Feeding, now: number): number | null {
  if (!Number.isFinite(heardAt)) return null;
  const age = Math.max(0, now - heardAt);
  const isPrompt = connection === "live" || connection === "local" || connection === "connecting";
  return isPrompt && age <= SILENT_BEATS * heartbeatMs ? null : age;
}

export interface PanelFeedOptions {
  /** Null: everything that is going on. */
  runId: string | null;
  server: ServerFeed | null;
  comm: CommPort | null;
  now(): number;
}

const KERNEL_SILENT_MS = 3000;
const KERNEL_BEAT_MS = 1000;
const ASK_AGAIN_MS = 1000;
const LOOK_UP_AGAIN_MS = 5000;
/** A run that was made a moment ago may not have come to the server yet. */
const LOOK_UP_TWICE_MS = 1000;

export class PanelFeed {
  state: ViewState = EMPTY;
  /** The run that is shown, kept when it is no longer among the server's newest. */
  run: RunState | null = null;
  /** The server that answers has never heard of this run. */
  isUnknown = false;
  /** Why the kernel can feed nothing, and what to do about it; empty: it can, or there is none. */
  problem = "";
  /** The server has another version than when this page came. */
  isOutdated = false;
  /** The activity that the page was saved with. */
  saved: readonly Activity[] = [];
  /** What was asked for of single runs. It may have gaps to the newest of all, and so stands beside them. */
  askedFor: ReadonlyMap<string, readonly Activity[]> = new Map();
  #options: PanelFeedOptions;
  #controls: KernelControls | null;
  #endings: (() => void)[] = [];
  #listeners = new Set<() => void>();
  #isServed = false;
  #servedAt = -Infinity;
  #serverWay: Way | null = null;
  #lookedUpAt = -Infinity;
  #isMissed = false;
  #kernel: KernelConnection | null = null;
  #kernelHeardAt = -Infinity;
  #version: unknown = undefined;
  #kernelRetry: Retry | null = null;
  /** When the kernel itself heard of what it tells. */
  #kernelSourceAt = -Infinity;
  /** The log that the kernel sees; empty where that is not known. */
  #kernelLogId = "";
  #isKernelInStep = false;
  #askedKernelAt = -Infinity;
  #snapshotAt = -Infinity;
  #isHushed = false;

  constructor(options: PanelFeedOptions) {
    this.#options = options;
    const signs = { now: options.now, heardAt: () => this.#kernelHeardAt };
    this.#controls = options.comm && new KernelControls(options.comm, signs);
  }

  start(): void {
    const { server, comm } = this.#options;
    if (comm) {
      this.#endings.push(comm.listen((content) => this.#fromKernel(content)));
      this.#askKernel();
    }
    if (server) {
      const ending = server.listen({
        onMessages: (messages) => this.#fromServer(messages),
        onWay: (way) => {
          this.#serverWay = way;
          // A server that came back may have found the run; one that stays will say when it comes.
          this.isUnknown = false;
          this.#choose();
          this.#tell();
        },
      });
      this.#endings.push(ending);
    }
  }

  stop(): void {
    for (const end of this.#endings.splice(0)) end();
    this.#listeners.clear();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Offer what stands in the page: a saved output, or a widget's trait. `time` is this page's clock. */
  offer(snapshot: unknown, activity: unknown, time: number): void {
    const run = readRun(snapshot);
    const isNewer = (run?.updated_time ?? "") > (this.run?.updated_time ?? "");
    if (this.#isServed || this.#isKernelInStep || !run || (this.run && !isNewer)) return;
    this.#snapshotAt = time;
    // Kept out of the state: what a saved notebook says starts no notice of what came since.
    this.run = run;
    this.saved = readActivities(activity);
    this.#tell();
  }

  setKernelLog(logId: string): void {
    if (logId === this.#kernelLogId) return;
    this.#kernelLogId = logId;
    this.#choose();
  }

  get feeding(): Feeding {
    const { server, now } = this.#options;
    if (this.#isServed && server) {
      const connection = server.way;
      const via = connection === "live" ? "socket" : "rest";
      return { connection, via, heardAt: server.heardAt, heartbeatMs: server.heartbeatMs, retry: server.retry };
    }
    const isKernelHeard = now() - this.#kernelHeardAt <= KERNEL_SILENT_MS;
    if (isKernelHeard && this.#kernel) {
      return {
        connection: this.#kernel,
        via: "comm",
        heardAt: Math.max(this.#kernelSourceAt, this.#servedAt, this.#snapshotAt),
        heartbeatMs: KERNEL_BEAT_MS,
        retry: this.#kernel === "offline" ? this.#kernelRetry : null,
      };
    }
    const heardAt = Math.max(this.#servedAt, this.#kernelSourceAt, this.#snapshotAt);
    const retry = server?.retry ?? null;
    return { connection: this.#unfed(), via: "none", heardAt, heartbeatMs: KERNEL_BEAT_MS, retry };
  }

  #unfed(): ShownConnection {
    const way = this.#serverWay;
    if (way === "denied" || way === "absent" || way === "connecting") return way;
    const isAsking = (way === "live" || way === "polling") && !this.isUnknown;
    return isAsking ? "connecting" : "offline";
  }

  /** Try at once what waits for its next attempt: the page's own way, and the kernel's. */
  tryNow(): void {
    this.#options.server?.hint();
    const isKernelHeard = this.#options.now() - this.#kernelHeardAt <= KERNEL_SILENT_MS;
    if (isKernelHeard) this.#options.comm?.send({ type: "want", what: "retry" });
    this.#tell();
  }

  get baseUrl(): string | null {
    return this.#options.server?.address.baseUrl ?? null;
  }

  /** The server's REST interface, while it serves this view. */
  get rest(): Rest | null {
    return this.#isServed ? (this.#options.server?.rest ?? null) : null;
  }

  /** Ask for something; rejected with what a person should read. */
  async control(control: Control): Promise<unknown> {
    const rest = this.rest;
    if (rest) {
      try {
        return await askServer(rest, control);
      } catch (error) {
        const isUnreached = error instanceof RestError && error.status === 0;
        if (!isUnreached || !this.#controls) throw error;
      }
    }
    if (!this.#controls || this.feeding.via === "none") {
      throw new Error("Nothing is connected that could carry this out");
    }
    return this.#askOverComm(this.#controls, control);
  }

  /** A kernel that is lost may have done it before; else the server, where it answers by now, is asked. */
  async #askOverComm(controls: KernelControls, control: Control): Promise<unknown> {
    try {
      return await controls.ask(control);
    } catch (error) {
      const isEnding = control.action === "stop" || control.action === "cancel";
      if (!(error instanceof KernelLost) || !isEnding) throw error;
      const status = (this.state.runs.get(control.runId) ?? this.run)?.status;
      if (status === "stopping" || (status !== undefined && hasEnded(status))) return undefined;
      if (!this.rest) throw error;
      return askServer(this.rest, control);
    }
  }

  /** Load a run that is not among the newest. */
  async loadRun(runId: string): Promise<void> {
    const run = readRun(await this.rest?.get(`runs/${encodeURIComponent(runId)}`));
    if (run) this.#set(withRun(this.state, run, this.#options.now()));
  }

  /** Load metrics of a run over all its steps; those that it has not are empty then. */
  async loadSeries(runId: string, names: readonly string[]): Promise<void> {
    const answer = await this.control({ action: "series", runId, names });
    const fetched = readSeries(fields(answer)["series"]);
    const known = fetchedSeries(this.state.series.get(runId), fetched, names);
    this.#set(withSeries(this.state, runId, known));
  }

  /** Load the activity before a place; answers the next place, or null at the end. */
  async loadActivity(before: string | null): Promise<string | null> {
    const page = await this.#pageOfActivity(before, "");
    this.#set(withOlderActivity(this.state, page.activity));
    return page.next;
  }

  /** The same of one run. */
  async loadRunActivity(runId: string, before: string | null): Promise<string | null> {
    const { logId } = this.state;
    const page = await this.#pageOfActivity(before, `&run_id=${encodeURIComponent(runId)}`);
    if (logId !== this.state.logId) return page.next;
    const known = this.askedFor.get(runId) ?? [];
    this.askedFor = withEntry(this.askedFor, runId, withoutRepeats([...known, ...page.activity]));
    this.#tell();
    return page.next;
  }

  async #pageOfActivity(before: string | null, of: string): Promise<{ activity: Activity[]; next: string | null }> {
    const place = before === null ? "" : `&before=${encodeURIComponent(before)}`;
    const answer = fields(await this.rest?.get(`activity?limit=50${of}${place}`));
    const next = answer["next"];
    return {
      activity: readActivities(answer["activity"]),
      next: next === null || next === undefined ? null : String(next),
    };
  }

  /** Tell nobody anything while nobody can see it; once they can, they are told. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
    this.#tell();
  }

  #tell(): void {
    if (this.#isHushed) return;
    for (const listener of [...this.#listeners]) listener();
  }

  #set(state: ViewState): void {
    // Offsets of another log do not order with those of this one.
    if (state.logId !== this.state.logId) this.askedFor = new Map();
    this.state = state;
    this.#version ??= state.server["version"];
    this.isOutdated = this.#version !== (state.server["version"] ?? this.#version);
    const { runId } = this.#options;
    if (runId !== null) this.run = state.runs.get(runId) ?? this.run;
    this.#tell();
  }

  #fromServer(messages: readonly Message[]): void {
    const { server, now } = this.#options;
    if (!server) return;
    // A poll is the first to answer after a break, before the server counts as one that feeds this view
    // again. What it tells of the log that stands here is news all the same, and is told as news.
    const goesOn = this.state.logId !== null && this.state.logId === server.state.logId;
    if (this.#isServed) this.#servedAt = now();
    if (this.#isServed || goesOn) {
      const applied = applyMessages(this.state, messages, now());
      this.#set(applied.isGap ? adoptState(applied.state, server.state) : applied.state);
    }
    this.#choose();
  }

  /** Decide whether the server's way feeds this view. */
  #choose(): void {
    const { server, comm, runId } = this.#options;
    const way = this.#serverWay;
    const isAnswering = way === "live" || way === "polling";
    if (!server || !isAnswering || server.state.logId === null) return this.#setServed(false);
    if (runId === null) {
      const isForeign = comm !== null && this.#kernelLogId !== "" && this.#kernelLogId !== server.state.logId;
      return this.#setServed(!isForeign);
    }
    const isKnown = server.state.runs.has(runId);
    if (isKnown) this.isUnknown = false;
    if (isKnown || this.#isServed) this.#setServed(true);
    if (!isKnown) void this.#lookUp(runId);
  }

  #setServed(isServed: boolean): void {
    const { server, now } = this.#options;
    if (isServed === this.#isServed) return;
    this.#isServed = isServed;
    if (isServed && server) {
      const heard = new Map(server.state.heardAt);
      this.#set(adoptState(this.state, { ...server.state, heardAt: heard }));
    } else if (!isServed) {
      this.#isKernelInStep = false;
      if (now() - this.#kernelHeardAt <= KERNEL_SILENT_MS) this.#askKernel();
    }
    this.#tell();
  }

  /** Ask the server for a run that is not among its newest. */
  async #lookUp(runId: string): Promise<void> {
    const { server, now } = this.#options;
    const waitMs = this.#isMissed ? LOOK_UP_TWICE_MS : LOOK_UP_AGAIN_MS;
    if (!server || this.isUnknown || now() - this.#lookedUpAt < waitMs) return;
    this.#lookedUpAt = now();
    try {
      const run = readRun(await server.rest.get(`runs/${encodeURIComponent(runId)}`));
      if (!run) return;
      this.isUnknown = false;
      this.#setServed(true);
      this.#set(withRun(this.state, run, now()));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const isMissed = error.status === 404;
      this.isUnknown = error.status === 400 || (isMissed && this.#isMissed);
      this.#isMissed = isMissed;
      if (this.isUnknown) this.#setServed(false);
      this.#tell();
    }
  }

  #fromKernel(content: unknown): void {
    const said = readFromKernel(content);
    if (!said) return;
    const { now } = this.#options;
    this.#kernelHeardAt = now();
    if (said.kind === "control_result") {
      this.#controls?.answered(said);
      return;
    }
    this.#kernel = said.connection ?? this.#kernel ?? "live";
    if (said.ageMs !== null) this.#kernelSourceAt = now() - said.ageMs;
    else if (this.#kernel !== "offline") this.#kernelSourceAt = now();
    this.#kernelRetry = said.nextMs === null ? null : this.#retryIn(said.nextMs);
    if (this.#isServed) return;
    const snapshot = said.messages.find((message) => message.type === "snapshot");
    if (snapshot && readSnapshot(snapshot.data, snapshot.log_id, snapshot.offset)) {
      this.#isKernelInStep = true;
    }
    if (!this.#isKernelInStep) this.#askKernel();
    else {
      const applied = applyMessages(this.state, said.messages, now());
      this.#set(applied.state);
      if (applied.isGap) this.#askKernel();
    }
    this.#tell();
  }

  /** The kernel tells every second what is left of one wait. */
  #retryIn(nextMs: number): Retry {
    const now = this.#options.now();
    const before = this.#kernelRetry;
    const isSame = before?.at != null && Math.abs(before.at - now - nextMs) < KERNEL_BEAT_MS;
    return { at: now + nextMs, triedAt: now, waitMs: isSame ? Math.max(before.waitMs, nextMs) : nextMs };
  }

  #askKernel(): void {
    const { comm, now } = this.#options;
    if (now() - this.#askedKernelAt < ASK_AGAIN_MS) return;
    this.#askedKernelAt = now();
    comm?.send({ type: "want", what: "snapshot" });
  }
}
