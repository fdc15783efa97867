/** A run in a few words beside its name: how it ended, or how far it is. */

import { stopWords } from "../model/early_end";
import { headline } from "../model/format";
import { percent } from "../model/guessed";
import { placeWords } from "../model/queueing";
import { timeLeftWords } from "../model/time_left";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import { shownProgress } from "./shown";

export function runNote(run: RunState, sinceHeard: number): string {
  const stopped = stopWords(run);
  if (stopped !== null) return `Completed · ${stopped}`;
  if (run.status === "completed") return headline(run) ?? "Completed";
  if (run.status === "failed") return run.error?.type ?? "Failed";
  if (hasEnded(run.status)) return run.status === "cancelled" ? "Cancelled" : "Interrupted";
  if (run.status === "queued") return run.queue_place === null ? "Queued" : `Queued · ${placeWords(run.queue_place)}`;
  const far = percent(run, shownProgress(run, sinceHeard));
  if (run.stalled) return `Stalled · ${far}`;
  const left = timeLeftWords(run, sinceHeard);
  return left === null ? far : `${far} · ${left} left`;
}
