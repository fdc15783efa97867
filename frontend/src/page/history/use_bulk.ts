/** Changing many runs, one after the other; what could not be changed is told by name. */

import { useState } from "preact/hooks";
import type { RunRow } from "../../model/run_rows";
import { wordsOfRefusal } from "../../transport/run_changes";

export interface Bulk {
  said: string;
  isBusy: boolean;
  /** Carry out for each; answers those for which it was. */
  each: (runs: readonly RunRow[], done: string, act: (run: RunRow) => Promise<void>) => Promise<RunRow[]>;
  say: (words: string) => void;
}

const SAID_MOST = 3;

export function useBulk(): Bulk {
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);
  const each: Bulk["each"] = async (runs, done, act) => {
    setBusy(true);
    const changed: RunRow[] = [];
    const refused: string[] = [];
    for (const [index, run] of runs.entries()) {
      setSaid(`${index + 1} of ${runs.length}…`);
      try {
        await act(run);
        changed.push(run);
      } catch (error) {
        refused.push(`${run.name}: ${wordsOfRefusal(error)}`);
      }
    }
    setBusy(false);
    const runsWords = (count: number): string => `${count} ${count === 1 ? "run" : "runs"}`;
    const told = changed.length ? `${runsWords(changed.length)} ${done}.` : "";
    const more = refused.length > SAID_MOST ? ` And ${refused.length - SAID_MOST} more.` : "";
    const not = refused.length ? ` Not changed: ${refused.slice(0, SAID_MOST).join("; ")}.${more}` : "";
    setSaid(`${told}${not}`.trim());
    return changed;
  };
  return { said, isBusy, each, say: setSaid };
}
