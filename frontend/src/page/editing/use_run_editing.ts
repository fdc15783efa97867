/** Changing a run: what is asked for is shown at once, and taken back where it is refused. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { changeRun, deleteRun, wordsOfRefusal, type RunChange } from "../../transport/run_changes";
import { whyNotNow } from "../../view/Status";

export interface Editable {
  run_id: string;
  name: string;
  tags: readonly string[];
  notes: string;
}

export interface Editing {
  /** The run with what was asked for. */
  shown: Editable;
  change: (change: RunChange) => Promise<boolean>;
  remove: () => Promise<boolean>;
  isPending: boolean;
  /** Why the last change was refused; empty: it was not. */
  problem: string;
  /** Why nothing can be changed now; null: it can. */
  whyNot: string | null;
}

interface Told {
  onChanged?: (run: RunState) => void;
  onRemoved?: (runId: string) => void;
}

export function useRunEditing(view: FeedView, run: Editable, told: Told = {}): Editing {
  const [wished, setWished] = useState<RunChange>({});
  const [pending, setPending] = useState(0);
  const [problem, setProblem] = useState("");
  const { rest } = view;
  const isHere = useRef(true);
  useEffect(() => () => void (isHere.current = false), []);
  const known = JSON.stringify([run.run_id, run.name, run.tags, run.notes]);
  useEffect(() => setWished({}), [known]);
  const ask = async (act: () => Promise<void>): Promise<boolean> => {
    setPending((count) => count + 1);
    setProblem("");
    try {
      await act();
      return true;
    } catch (error) {
      setWished({});
      setProblem(wordsOfRefusal(error));
      return false;
    } finally {
      if (isHere.current) setPending((count) => count - 1);
    }
  };
  const change = (wanted: RunChange): Promise<boolean> => {
    setWished((before) => ({ ...before, ...wanted }));
    return ask(async () => {
      const changed = await changeRun(mustHave(rest), run.run_id, wanted);
      if (changed) told.onChanged?.(changed);
    });
  };
  const remove = (): Promise<boolean> =>
    ask(async () => {
      await deleteRun(mustHave(rest), run.run_id);
      told.onRemoved?.(run.run_id);
    });
  const whyNot = whyNotNow(view.feeding) ?? (rest ? null : "Only the server can change a run; it works once it answers.");
  return { shown: { ...run, ...wished }, change, remove, isPending: pending > 0, problem, whyNot };
}

function mustHave<T>(rest: T | null): T {
  if (rest === null) throw new Error("The server does not answer; nothing was changed");
  return rest;
}
