/** A run's stages as a strip of marks, with where the run is. */

import type { JSX } from "preact";
import { keptWords, stopWords, whyStopped } from "../model/early_end";
import { count } from "../model/format";
import { hasEnded } from "../model/transitions";
import type { RunState, StageState, StageStatus } from "../model/wire";
import { now } from "./clock";
import { useFreshness } from "./freshness";
import { Icon, type IconName } from "./icons";
import type { ProgressProps } from "./Progress";

const MARKS: Record<StageStatus, { icon: IconName; words: string }> = {
  pending: { icon: "ring", words: "to come" },
  running: { icon: "spinner", words: "under way" },
  completed: { icon: "check", words: "done" },
  failed: { icon: "cross", words: "failed" },
  skipped: { icon: "skip", words: "skipped" },
};

const WAS_RUNNING = { icon: "unknown", words: "was under way" } as const;

export function StageMark({ stage }: { stage: StageState }): JSX.Element {
  const isOld = !useFreshness() && stage.status === "running";
  const { icon, words } = isOld ? WAS_RUNNING : MARKS[stage.status];
  return (
    <span class={`jpp-mark jpp-mark-${stage.status}`}>
      <Icon name={icon} label={words} />
    </span>
  );
}

interface StripProps extends ProgressProps {
  /** What a queued run waits for. */
  waiting: string;
}

/** Where the run is, in one line: what a narrow strip has no room to say. Its place is always there. */
export function Whereabouts(props: StripProps): JSX.Element | null {
  const { run } = props;
  if (run.status === "queued") return <p class="jpp-whereabouts">{props.waiting}</p>;
  if (hasEnded(run.status)) {
    const words = endWords(run);
    // A loop of one's own that told nothing of its way has no place kept for it either.
    return words || run.kind === "pipeline" ? <p class="jpp-whereabouts">{words}</p> : null;
  }
  const index = run.stages.findIndex((stage) => stage.id === run.current_stage);
  const stage = run.stages[index];
  // One step of one is no inner progress: the estimator was fitted in one go.
  const hasSteps = run.step !== null && run.total_steps !== 1 && (stage === undefined || run.total_steps !== null);
  const steps = `step ${count(run.step)}${run.total_steps === null ? "" : ` of ${count(run.total_steps)}`}`;
  if (!stage && !hasSteps && run.kind !== "pipeline") return null;
  if (!stage) return <p class="jpp-whereabouts">{hasSteps ? steps.replace("s", "S") : ""}</p>;
  return (
    <p class="jpp-whereabouts">
      {stageWords(run, index)} · <b>{stage.title}</b>
      {hasSteps && ` · ${steps}`}
      {isWithoutSteps(props, stage) && (
        <span class="jpp-no-steps">
          {" · "}
          {NO_STEPS}; time left {run.estimated_remaining === null ? "not known" : "judged by earlier runs"}
        </span>
      )}
    </p>
  );
}

function stageWords(run: RunState, index: number): string {
  return `Stage ${index + 1} of ${run.stages.length}`;
}

/** How far a run came that has ended. */
function endWords(run: RunState): string {
  const stopped = stopWords(run);
  if (stopped !== null) {
    const kept = keptWords(run);
    return `${stopped.charAt(0).toUpperCase()}${stopped.slice(1)}${whyStopped(run)}${kept && `; ${kept}`}`;
  }
  const index = run.stages.findIndex((stage) => stage.id === run.current_stage);
  const ended = { failed: "Failed", cancelled: "Cancelled", interrupted: "Interrupted" };
  if (run.status in ended) {
    const words = ended[run.status as keyof typeof ended];
    if (run.start_time === null) return `${words} before it began`;
    return index < 0 ? "" : `${words} in stage ${index + 1} of ${run.stages.length} · ${run.stages[index]!.title}`;
  }
  return run.stages.length ? `All ${run.stages.length} stages done` : "";
}

const PATIENCE_S = 5;
// Which of both it is, nobody can tell from outside: a first step may take long.
const NO_STEPS = "no inner progress yet, and there may be none";

/** The estimator has been fitting for a while, and nothing is seen of it. */
function isWithoutSteps(props: ProgressProps, stage: StageState): boolean {
  const { run } = props;
  const isFitting = run.kind === "pipeline" && run.status === "running" && stage.id === "train";
  return isFitting && stage.status === "running" && run.step === null && elapsedSeconds(stage, props) >= PATIENCE_S;
}

export function StageStrip(props: StripProps): JSX.Element {
  const { run } = props;
  return (
    <div class="jpp-stages">
      {run.stages.length > 0 && (
        <ol class="jpp-strip" aria-label="Stages">
          {run.stages.map((stage) => (
            <li key={stage.id} class={`jpp-stage jpp-stage-${stage.status}`} title={stage.title}>
              <StageMark stage={stage} />
              <span class="jpp-stage-title">{stage.title}</span>
            </li>
          ))}
        </ol>
      )}
      <Whereabouts {...props} />
    </div>
  );
}

export function elapsedSeconds(stage: StageState, { heardAt, isFresh }: ProgressProps): number {
  const isMoving = stage.status === "running" && isFresh && heardAt !== null;
  const since = isMoving ? Math.max(0, (now.value - heardAt) / 1000) : 0;
  return (stage.elapsed_s ?? 0) + since;
}
