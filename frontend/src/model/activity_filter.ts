/** Which lines of the feed are wanted: as the address says it, as the server is asked, and as live lines are held to it. */

import type { Activity, ActivityLevel } from "./wire";

export interface ActivityFilter {
  level: ActivityLevel | null;
  kind: string | null;
  /** All of them, in any order, in capitals or not. */
  words: string;
  runId: string | null;
}

export const EVERYTHING: ActivityFilter = { level: null, kind: null, words: "", runId: null };
export const LEVELS: readonly ActivityLevel[] = ["info", "success", "warning", "error"];
/** What the server takes. */
export const LONGEST_WORDS = 200;
const LONGEST_KIND = 60;

/** An address may say anything: what is no level is none, and what is too long is cut. */
export function filterOf(query: string): ActivityFilter {
  const said = new URLSearchParams(query);
  const kind = (said.get("kind") ?? "").slice(0, LONGEST_KIND);
  return {
    level: LEVELS.find((level) => level === said.get("level")) ?? null,
    kind: kind || null,
    words: (said.get("words") ?? "").slice(0, LONGEST_WORDS),
    runId: said.get("run") || null,
  };
}

export function queryOf({ level, kind, words, runId }: ActivityFilter): string {
  return written({ level, kind, words: words.trim() || null, run: runId });
}

/** The rest of the address that the server is asked for a page of such lines. */
export function askedOf({ level, kind, words, runId }: ActivityFilter, before: string | null, limit: number): string {
  return written({ limit: String(limit), level, kind, words: words.trim() || null, run_id: runId, before });
}

function written(values: Record<string, string | null>): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null) said.set(name, value);
  return said.toString();
}

export function isFiltering({ level, kind, words, runId }: ActivityFilter): boolean {
  return level !== null || kind !== null || words.trim() !== "" || runId !== null;
}

/** Whether a line is wanted, by the same rule as the server's. */
export function isWanted(told: Activity, { level, kind, words, runId }: ActivityFilter): boolean {
  if (level !== null && told.level !== level) return false;
  if (kind !== null && told.kind !== kind) return false;
  if (runId !== null && told.run_id !== runId) return false;
  const said = `${told.text} ${told.who}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}
