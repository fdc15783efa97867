/** What a widget's view and its kernel say to each other over the comm. */

import { readMessages } from "../model/reading";
import { fields, isFields, number, text } from "../model/reading_fields";
import type { Message } from "../model/wire";

/** A widget's custom messages, both ways. */
export interface CommPort {
  send(content: Record<string, unknown>): void;
  /** Returns what ends the listening. */
  listen(heard: (content: unknown) => void): () => void;
}

export type KernelConnection = "live" | "polling" | "local" | "offline";

export type FromKernel =
  | {
      kind: "messages";
      messages: Message[];
      connection: KernelConnection | null;
      /** How long ago the kernel itself heard of what it tells; null: it does not say. */
      ageMs: number | null;
      /** When the kernel asks its own source again; null: it is heard, or nothing is tried. */
      nextMs: number | null;
    }
  | { kind: "control_result"; id: number; ok: boolean; message: string; answer: unknown };

const CONNECTIONS: readonly KernelConnection[] = ["live", "polling", "local", "offline"];

export function readConnection(value: unknown): KernelConnection | null {
  return CONNECTIONS.find((known) => known === value) ?? null;
}

/** Read a custom message of the kernel; null for one that is not known here. */
export function readFromKernel(content: unknown): FromKernel | null {
  const said = fields(content);
  if (said["type"] === "messages") {
    const age = number(said["age_s"]);
    const next = number(said["next_s"]);
    return {
      kind: "messages",
      messages: readMessages(said["messages"]),
      connection: readConnection(said["connection"]),
      ageMs: age === null ? null : 1000 * Math.max(0, age),
      nextMs: next === null ? null : 1000 * Math.max(0, next),
    };
  }
  if (said["type"] === "control_result" && isFields(content)) {
    return {
      kind: "control_result",
      id: number(said["id"]) ?? -1,
      ok: said["ok"] === true,
      message: text(said["message"]) ?? "",
      answer: said["answer"],
    };
  }
  return null;
}
