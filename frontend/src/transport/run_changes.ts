/** Renaming, tagging, annotating and deleting a run. The server does it; a kernel is not asked. */

import { readRun } from "../model/reading";
import type { RunState } from "../model/wire";
import type { Rest } from "./rest";

export interface RunChange {
  name?: string;
  tags?: readonly string[];
  notes?: string;
}

/** Answers the run as it is then; null: the server told something else. */
export async function changeRun(rest: Rest, runId: string, change: RunChange): Promise<RunState | null> {
  return readRun(await rest.patch(`runs/${encodeURIComponent(runId)}`, change));
}

export async function deleteRun(rest: Rest, runId: string): Promise<void> {
  await rest.delete(`runs/${encodeURIComponent(runId)}`);
}

/** What a person reads of a request that was refused, or reached nobody. */
export function wordsOfRefusal(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
