/** Which runs are selected; they stay so while others are looked for. */

import { useRef, useState } from "preact/hooks";
import type { RunRow } from "../../model/run_rows";

export interface Picked {
  rows: readonly RunRow[];
  has: (runId: string) => boolean;
  pick: (row: RunRow, isPicked: boolean, toHere: boolean) => void;
  drop: (runId: string) => void;
  clear: () => void;
}

type Picks = ReadonlyMap<string, RunRow>;

/** What is selected of a feed's runs outlives the table: one comes back to it from a comparison. */
const kept = new WeakMap<object, Picks>();

/** `feed`: whose runs they are. */
export function usePicked(feed: object, shown: readonly RunRow[]): Picked {
  const [picked, setPicked] = useState<Picks>(() => kept.get(feed) ?? new Map());
  kept.set(feed, picked);
  const last = useRef<string | null>(null);
  const newest = new Map(picked.size ? shown.filter((row) => picked.has(row.runId)).map((row) => [row.runId, row]) : []);
  const pick: Picked["pick"] = (row, isPicked, toHere) => {
    const rows = toHere ? between(shown, last.current, row) : [row];
    last.current = row.runId;
    setPicked((known) => {
      const changed = new Map(known);
      for (const one of rows) {
        if (isPicked) changed.set(one.runId, one);
        else changed.delete(one.runId);
      }
      return changed;
    });
  };
  const drop = (runId: string): void => {
    setPicked((known) => new Map([...known].filter(([other]) => other !== runId)));
  };
  return {
    rows: [...picked.values()].map((row) => newest.get(row.runId) ?? row),
    has: (runId) => picked.has(runId),
    pick,
    drop,
    clear: () => setPicked(new Map()),
  };
}

/** The rows from the one picked last to this one, both included. */
function between(rows: readonly RunRow[], last: string | null, row: RunRow): readonly RunRow[] {
  const ends = [last, row.runId].map((runId) => rows.findIndex((known) => known.runId === runId));
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  return from < 0 ? [row] : rows.slice(from, to + 1);
}
