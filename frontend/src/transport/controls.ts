/** What a person can ask for from a view, and the two ways of asking. */

import type { CommPort, FromKernel } from "./comm";
import type { Rest } from "./rest";

export type Control =
  | { action: "stop" | "cancel" | "resume"; runId: string }
  /** A candidate of a search. */
  | { action: "skip"; runId: string; candidate: number }
  /** A version of a model, or a run that is registered by being deployed. */
  | { action: "deploy"; runId: string | null; model: string; version: number | null }
  | { action: "note"; text: string; runId: string | null }
  /** A search's leaderboard: the best of it. */
  | { action: "candidates"; runId: string; limit: number }
  /** The last lines that a run printed. */
  | { action: "output"; runId: string; tail: number }
  /** Metrics of a run over all its steps. */
  | { action: "series"; runId: string; names: readonly string[] };

/** Of each series, with its extremes kept. */
const POINTS_ASKED = 1000;

/** A comma stands between the names of a list; one within a name is written so. */
function escapedInList(name: string): string {
  return name.replace(/%(?=2C|25)/g, "%25").replaceAll(",", "%2C");
}

/** What the server answers, for those that ask for something to read. */
export async function askServer(rest: Rest, control: Control): Promise<unknown> {
  switch (control.action) {
    case "stop":
    case "cancel":
    case "resume":
      return rest.post(`runs/${encodeURIComponent(control.runId)}/${control.action}`);
    case "skip":
      return rest.post(`runs/${encodeURIComponent(control.runId)}/skip`, { candidate: control.candidate });
    case "deploy": {
      const { version, runId } = control;
      const body = version === null ? { run_id: runId } : { version };
      return rest.post(`models/${encodeURIComponent(control.model)}/deploy`, body);
    }
    case "note":
      return rest.post("activity", { text: control.text, run_id: control.runId });
    case "candidates":
      return rest.get(`runs/${encodeURIComponent(control.runId)}/candidates?limit=${control.limit}`);
    case "output":
      return rest.get(`runs/${encodeURIComponent(control.runId)}/output?tail=${control.tail}`);
    case "series": {
      const names = control.names.map((name) => encodeURIComponent(escapedInList(name))).join(",");
      return rest.get(`runs/${encodeURIComponent(control.runId)}/metrics?names=${names}&max_points=${POINTS_ASKED}`);
    }
  }
}

/** A kernel is heard every second, also while a cell runs; one that is silent for this long is lost. */
export const LOST_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 1000;

const WANTED: Record<Control["action"], string> = {
  stop: "stop this run",
  cancel: "cancel this run",
  skip: "skip this candidate",
  resume: "resume this run",
  deploy: "put this model in service",
  note: "add this note",
  candidates: "list the candidates of this search",
  output: "send what this run has printed",
  series: "send the metrics of this run",
};

/** What was asked of a kernel that has said nothing since. */
export class KernelLost extends Error {
  constructor(action: Control["action"]) {
    super(
      `The kernel was asked to ${WANTED[action]} and has said nothing for ${LOST_AFTER_MS / 1000} s: it has ` +
        "ended or is held up. Whether it has done so is not known; ask again once the panel is connected.",
    );
    this.name = "KernelLost";
  }
}

export interface KernelSigns {
  now(): number;
  /** When the kernel was last heard, whatever it said. */
  heardAt(): number;
}

interface Waiting {
  done: (answer: unknown) => void;
  failed: (error: Error) => void;
}

/**
 * Asks over the comm, and keeps what waits for its answer. A busy kernel answers late, and is waited
 * for as long as it is heard; a dead one never answers.
 */
export class KernelControls {
  #next = 1;
  #waiting = new Map<number, Waiting>();

  constructor(
    private readonly comm: CommPort,
    private readonly signs: KernelSigns,
  ) {}

  ask(control: Control): Promise<unknown> {
    const id = this.#next++;
    const content: Record<string, unknown> = { type: "control", id, action: control.action };
    content["run_id"] = control.runId;
    if (control.action === "note") content["text"] = control.text;
    if (control.action === "candidates") content["limit"] = control.limit;
    if (control.action === "output") content["tail"] = control.tail;
    if (control.action === "series") content["names"] = control.names;
    if (control.action === "skip") content["candidate"] = control.candidate;
    if (control.action === "deploy") {
      content["model"] = control.model;
      content["version"] = control.version;
    }
    return new Promise<unknown>((resolve, reject) => {
      this.comm.send(content);
      const watch = this.#watch(id, control.action);
      const done = (answer: unknown): void => {
        clearInterval(watch);
        resolve(answer);
      };
      const failed = (error: Error): void => {
        clearInterval(watch);
        reject(error);
      };
      this.#waiting.set(id, { done, failed });
    });
  }

  #watch(id: number, action: Control["action"]): ReturnType<typeof setInterval> {
    const { now, heardAt } = this.signs;
    const askedAt = now();
    return setInterval(() => {
      if (now() - Math.max(askedAt, heardAt()) <= LOST_AFTER_MS) return;
      this.#waiting.get(id)?.failed(new KernelLost(action));
      this.#waiting.delete(id);
    }, LOOK_EVERY_MS);
  }

  answered(result: Extract<FromKernel, { kind: "control_result" }>): void {
    const waiting = this.#waiting.get(result.id);
    this.#waiting.delete(result.id);
    if (result.ok) waiting?.done(result.answer);
    else waiting?.failed(new Error(result.message || "The kernel refused"));
  }
}
