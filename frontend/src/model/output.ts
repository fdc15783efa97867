/**
 * Reading what a displayed run left in a notebook: written by anybody, of any type and any size.
 *
 * What cannot be shown is said in a line of words, for a cell that stays empty says nothing.
 */

import { fields, isFields } from "./reading_fields";

export const VERSION = 1;
const LONGEST_ID = 200;
const LONGEST_TEXT = 20_000;
const MOST_ITEMS = 1_000;
const DEEPEST = 12;

export interface SavedOutput {
  /** Null: everything that is going on. */
  runId: string | null;
  logId: unknown;
  snapshot: unknown;
  activity: unknown;
  time: unknown;
  problem: unknown;
  show: unknown;
  size: unknown;
}

const DAMAGED =
  "There is nothing to show here: this output is damaged, or jupyter-progress did not write it. " +
  "Run the cell again.";

/** The output, or why it cannot be shown. */
export function readOutput(value: unknown): SavedOutput | string {
  const { version, run_id: runId = null, ...saved } = fields(value);
  if (!isFields(value) || typeof version !== "number") return DAMAGED;
  if (version !== VERSION) {
    return (
      `This output is of format ${version}, which this version of jupyter-progress does not know: ` +
      "upgrade it where Jupyter is installed, or run the cell again."
    );
  }
  const isId = typeof runId === "string" && runId.length <= LONGEST_ID;
  if (runId !== null && !isId) return DAMAGED;
  return {
    runId: runId || null,
    logId: saved["log_id"],
    snapshot: clipped(saved["snapshot"]),
    activity: clipped(saved["activity"]),
    time: saved["time"],
    problem: clipped(saved["problem"]),
    show: clipped(saved["show"]),
    size: saved["size"],
  };
}

/** A value without what would make a page slow: long texts, lists and depths are cut. */
export function clipped(value: unknown, depth = 0): unknown {
  if (typeof value === "string") {
    return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return null;
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => clipped(item, depth + 1));
  const kept = Object.entries(value).slice(0, MOST_ITEMS);
  return Object.fromEntries(kept.map(([key, item]) => [key, clipped(item, depth + 1)]));
}
