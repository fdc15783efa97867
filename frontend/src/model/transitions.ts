/** The one table of what moves a run from status to status; the same as the server's core. */

import type { RunStatus } from "./wire";

const SAME_WHILE_ACTIVE = [
  "stage_started",
  "stage_completed",
  "fold_completed",
  "candidate_completed",
  "training_stalled",
  "training_recovered",
] as const;

const END: Record<string, RunStatus> = {
  training_completed: "completed",
  training_failed: "failed",
  training_cancelled: "cancelled",
  training_interrupted: "interrupted",
};

function staying(status: RunStatus): Record<string, RunStatus> {
  return Object.fromEntries(SAME_WHILE_ACTIVE.map((type) => [type, status]));
}

/** A pair that is missing is not allowed: such an event leaves the state untouched. */
export const TRANSITIONS: Record<RunStatus | "absent", Record<string, RunStatus>> = {
  absent: { training_queued: "queued", training_started: "running" },
  queued: {
    training_started: "running",
    training_resumed: "running",
    training_stopping: "stopping",
    training_failed: "failed",
    training_cancelled: "cancelled",
    training_interrupted: "interrupted",
  },
  running: { ...staying("running"), ...END, training_stopping: "stopping" },
  stopping: {
    ...staying("stopping"),
    ...END,
    training_started: "stopping",
    training_resumed: "stopping",
    training_stopping: "stopping",
  },
  failed: { training_resuming: "queued", training_resumed: "running" },
  interrupted: { training_resuming: "queued", training_resumed: "running" },
  completed: {},
  cancelled: {},
};

export function statusAfter(status: RunStatus | null, type: string): RunStatus | null {
  const row = TRANSITIONS[status ?? "absent"];
  return Object.hasOwn(row, type) ? (row[type] ?? null) : null;
}

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "interrupted"]);

export function hasEnded(status: string): boolean {
  return ENDED.has(status);
}
