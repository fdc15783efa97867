/** What a person can ask for from a view, and the two ways of asking. */

import type { CommPort, FromKernel } from "./comm";
import type { Rest } from "./rest";

export type Control =
  | { action: "stop" | "cancel"; runId: string }
  /** A version of a model, or a run that is registered by being deployed. */
  | { action: "deploy"; runId: string | null; model: string; version: number | null }
  | { action: "note"; text: string; runId: string | null };

export async function askServer(rest: Rest, control: Control): Promise<void> {
  switch (control.action) {
    case "stop":
    case "cancel":
      await rest.post(`runs/${encodeURIComponent(control.runId)}/${control.action}`);
      return;
    case "deploy": {
      const { version, runId } = control;
      const body = version === null ? { run_id: runId } : { version };
      await rest.post(`models/${encodeURIComponent(control.model)}/deploy`, body);
      return;
    }
    case "note":
      await rest.post("activity", { text: control.text, run_id: control.runId });
  }
}

/** Asks over the comm, and keeps what waits for its answer. A busy kernel answers late. */
export class KernelControls {
  #next = 1;
  #waiting = new Map<number, { done: () => void; failed: (error: Error) => void }>();

  constructor(private readonly comm: CommPort) {}

  ask(control: Control): Promise<void> {
    const id = this.#next++;
    const content: Record<string, unknown> = { type: "control", id, action: control.action };
    content["run_id"] = control.runId;
    if (control.action === "note") content["text"] = control.text;
    if (control.action === "deploy") {
      content["model"] = control.model;
      content["version"] = control.version;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { done: resolve, failed: reject });
      this.comm.send(content);
    });
  }

  answered(result: Extract<FromKernel, { kind: "control_result" }>): void {
    const waiting = this.#waiting.get(result.id);
    this.#waiting.delete(result.id);
    if (result.ok) waiting?.done();
    else waiting?.failed(new Error(result.message || "The kernel refused"));
  }
}
