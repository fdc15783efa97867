/** Which runs may be drawn behind another, and which of all are offered for it. */

import { goingOn } from "./order";
import { rowOf, type RunRow } from "./run_rows";
import type { RunState } from "./wire";

/** With the one in front there is a colour for each. */
export const MOST_BEHIND = 7;
export const MOST_OFFERED = 12;

/** What an address asks for: each once, not the run itself, and no more than can be told apart. */
export function behindOf(runId: string, asked: readonly string[]): string[] {
  return [...new Set(asked)].filter((other) => other !== runId).slice(0, MOST_BEHIND);
}

/**
 * What is offered before anybody looks for a name: runs of the run's own name, then what goes on, then what came
 * last. `named` are those that were found by its name, `known` all that the page has, newest first.
 */
export function offered(run: RunState, named: readonly RunRow[], known: readonly RunState[]): RunRow[] {
  const ownName = run.name.toLowerCase();
  const same = named.filter((row) => row.name.toLowerCase() === ownName);
  const others = [...goingOn(known), ...known].map((other) => rowOf(other, null));
  const rows = new Map([...same, ...named, ...others].map((row) => [row.runId, row]));
  rows.delete(run.run_id);
  return [...rows.values()].slice(0, MOST_OFFERED);
}
