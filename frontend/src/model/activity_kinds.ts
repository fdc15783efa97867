/** What lines of the feed are about, in the words of whoever chooses among them. */

import { ACTIVITY_KINDS } from "./wire";

type Kind = (typeof ACTIVITY_KINDS)[number];

const WORDS: Record<Kind, string> = {
  training_queued: "Run queued",
  training_started: "Run started",
  training_resuming: "Run to be resumed",
  training_resumed: "Run resumed",
  training_stopping: "Run asked to stop",
  training_stalled: "Run stalled",
  training_recovered: "Run heard again",
  stage_completed: "Stage completed",
  training_completed: "Run completed",
  training_failed: "Run failed",
  training_cancelled: "Run cancelled",
  training_interrupted: "Run interrupted",
  run_deleted: "Run deleted",
  health_changed: "Machine health",
  model_registered: "Model registered",
  model_deployed: "Model put in service",
  data_finding: "Finding in the data",
  note: "Note",
};

/** In the order in which a run, and then the rest, is told. */
export const KINDS: readonly { kind: string; words: string }[] = ACTIVITY_KINDS.map((kind) => ({
  kind,
  words: WORDS[kind],
}));

/** A kind that a newer server has is called by its own name. */
export function kindWords(kind: string): string {
  return Object.hasOwn(WORDS, kind) ? WORDS[kind as Kind] : kind;
}
