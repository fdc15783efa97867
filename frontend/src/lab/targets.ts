/** Which run a command is about, and whether it can be asked for. */

import { goingOn, isAtWork } from "../model/order";
import { hasEnded } from "../model/transitions";
import { runsNewestFirst } from "../model/view_state";
import type { RunState } from "../model/wire";
import type { Place } from "../page/places";
import type { FeedView } from "../transport/feed_view";

export type RunCommand = "stop" | "cancel" | "copy-link";

const CAN: Record<RunCommand, (run: RunState) => boolean> = {
  stop: (run) => run.status === "running",
  cancel: (run) => !hasEnded(run.status),
  "copy-link": () => true,
};

/** Whether the server hears what is asked for now. */
function isHeard({ feeding }: FeedView): boolean {
  return feeding.connection === "live" || feeding.connection === "polling";
}

/**
 * The run that a command is about: the one that is named; else the one that the sidebar shows, where the
 * command fits it; else the first at work, the first in the queue, or the newest. Null: there is none.
 */
export function targetOf(command: RunCommand, view: FeedView, named: string | null, shown: Place): RunState | null {
  const can = CAN[command];
  if (command !== "copy-link" && !isHeard(view)) return null;
  const { runs } = view.state;
  const fits = (runId: string | null): RunState | null => {
    const run = runId === null ? undefined : runs.get(runId);
    return run && can(run) ? run : null;
  };
  if (named !== null) return fits(named);
  const selected = shown.at === "now" ? fits(shown.runId) : null;
  if (selected) return selected;
  const active = goingOn(runs.values());
  return active.filter(isAtWork).find(can) ?? active.find(can) ?? runsNewestFirst(view.state).find(can) ?? null;
}
