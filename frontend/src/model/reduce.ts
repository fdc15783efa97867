/**
 * What an event makes of a run's state; mirrors the server's core.
 *
 * Both are held to the same golden streams. An event that the table of transitions does not allow
 * leaves the state untouched.
 */

import { isToldByTime, overallProgress, progressByTime, remaining, rounded } from "./eta";
import {
  plannedTime,
  readError,
  readResult,
  readRun,
  readStages,
  readStall,
  readTimes,
  titleOf,
} from "./reading";
import { fields, number, text, texts, type Fields } from "./reading_fields";
import { candidateCompleted, foldCompleted } from "./searching";
import { PIPELINE } from "./stages";
import { hasEnded, statusAfter } from "./transitions";
import type { Message, RunState, StageState, StageStatus } from "./wire";

type Apply = (run: RunState, payload: Fields, time: string) => RunState;

export function secondsBetween(earlier: string, later: string): number {
  const seconds = (Date.parse(later) - Date.parse(earlier)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

/** Apply one durable event; the same object where it changes nothing. */
export function reduceRun(run: RunState | null, message: Message): RunState | null {
  const payload = fields(message.data);
  if (message.type === "run_updated") return run && updated(run, payload);
  if (message.type === "model_registered") return run && registered(run, payload);
  const apply = APPLY[message.type];
  const runId = message.run_id;
  if (!apply || !runId) return run;
  const status = statusAfter(run?.status ?? null, message.type);
  const before = run ?? readRun({ run_id: runId, name: "" });
  if (status === null || before === null) return run;
  const time = message.time ?? "";
  return refresh({ ...apply(before, payload, time), status }, time);
}

function refresh(run: RunState, time: string): RunState {
  if (hasEnded(run.status)) {
    return {
      ...run,
      updated_time: time,
      progress: run.status === "completed" ? 100 : run.progress,
      estimated_remaining: null,
      estimated_range: null,
      running: [],
      stalled: null,
    };
  }
  const elapsed = elapsedAt(run, time);
  if (elapsed === null) return { ...run, updated_time: time };
  const at = {
    ...currentStageAt(run, time),
    updated_time: time,
    elapsed_time: elapsed,
  };
  const left = remaining(at);
  return {
    ...at,
    progress: overallProgress(at),
    estimated_remaining: left?.seconds ?? null,
    estimated_range: left?.range ?? null,
  };
}

/** Seconds that all attempts have taken; null while this one has not begun. */
function elapsedAt(run: RunState, time: string): number | null {
  // A state that was kept before there were attempts has only the first one's.
  const began = run.attempt_time ?? (run.attempt === 1 ? run.start_time : null);
  return began === null ? null : rounded(run.earlier_s + secondsBetween(began, time), 3);
}

function stageIndex(run: RunState, id: string | null): number {
  return run.stages.findIndex((stage) => stage.id === id);
}

function withStage(run: RunState, index: number, change: Partial<StageState>): RunState {
  return {
    ...run,
    stages: run.stages.map((stage, at) => (at === index ? { ...stage, ...change } : stage)),
  };
}

function currentStageAt(run: RunState, time: string): RunState {
  const index = stageIndex(run, run.current_stage);
  const stage = run.stages[index];
  if (!stage || stage.status !== "running" || stage.started_time === null) return run;
  const since = secondsBetween(stage.started_time, time);
  const elapsed = rounded(stage.carried_s + since, 3);
  const at = { ...stage, elapsed_s: elapsed };
  const byTime = isToldByTime(at) ? progressByTime(at) : null;
  if (byTime === null) return withStage(run, index, { elapsed_s: elapsed });
  const share = Math.max(stage.progress, byTime);
  const change = { elapsed_s: elapsed, progress: share, progress_estimated: true };
  return { ...withStage(run, index, change), stage_progress: share };
}

function planned(value: unknown): StageState[] {
  return readStages(value).map((stage) => ({ ...stage, status: "pending" }));
}

const queued: Apply = (run, payload, time) => {
  const kind = text(payload["kind"]) ?? "pipeline";
  return {
    ...run,
    name: text(payload["name"]) ?? run.name,
    spec: fields(payload["spec"]),
    who: text(payload["who"]) ?? "",
    kind,
    tags: texts(payload["tags"]),
    stages: kind === "pipeline" ? planned(PIPELINE) : [],
    queued_time: time,
  };
};

const started: Apply = (run, payload, time) => {
  const stages = planned(payload["stages"]);
  return {
    ...run,
    name: run.name || (text(payload["name"]) ?? ""),
    kind: text(payload["kind"]) ?? run.kind,
    tags: Array.isArray(payload["tags"]) ? texts(payload["tags"]) : run.tags,
    spec: payload["spec"] ? fields(payload["spec"]) : run.spec,
    stages: stages.length ? stages : run.stages,
    stages_completed: [],
    current_stage: null,
    search: null,
    start_time: run.start_time ?? time,
    attempt_time: time,
    end_time: null,
    stalled: null,
    error: null,
    resumable: false,
  };
};

const resuming: Apply = (run, payload) => ({
  ...nextAttempt(run),
  attempt: number(payload["attempt"]) ?? 2,
});

/** One that trains elsewhere comes without having waited. */
const resumed: Apply = (run, payload, time) =>
  started(hasEnded(run.status) ? nextAttempt(run) : run, payload, time);

/** All begins again, but for the time that was spent and the points that were measured. */
function nextAttempt(run: RunState): RunState {
  return {
    ...run,
    attempt: run.attempt + 1,
    attempt_time: null,
    earlier_s: run.elapsed_time ?? 0,
    stages: readStages(
      run.stages.map(({ id, title, estimated_s }) => ({ id, title, estimated_s })),
    ),
    stages_completed: [],
    current_stage: null,
    progress: 0,
    stage_progress: 0,
    step: null,
    total_steps: null,
    end_time: null,
    error: null,
    resources: null,
    stalled: null,
    resumable: false,
    can_stop: null,
  };
}

const stageStarted: Apply = (run, payload, time) => {
  const id = text(payload["stage"]);
  if (id === null) return run;
  const known = stageIndex(run, id) >= 0;
  const whole = known ? run : { ...run, stages: [...run.stages, ...planned([id])] };
  const at = plannedAnew(whole, fields(payload["estimates"]));
  const index = stageIndex(at, id);
  const stage = at.stages[index]!;
  const carried = number(payload["carried_s"]) ?? 0;
  const begun = withStage(at, index, {
    title: text(payload["title"]) || stage.title || titleOf(id),
    status: "running",
    started_time: time,
    ...(number(payload["estimated_s"]) === null ? {} : plannedTime(payload)),
    carried_s: carried,
    elapsed_s: carried,
    progress: 0,
    progress_estimated: false,
    shown_s: null,
    pace_s: null,
    told_left: null,
    told_s: null,
  });
  return {
    ...begun,
    current_stage: id,
    can_stop: typeof payload["can_stop"] === "boolean" ? payload["can_stop"] : run.can_stop,
    stalled: null,
    stage_progress: 0,
    step: null,
    total_steps: null,
  };
};

/** The run with what is known by now of the stages to come. */
function plannedAnew(run: RunState, estimates: Fields): RunState {
  const stages = run.stages.map((stage) => {
    const known = readTimes(estimates[stage.id], 3);
    if (known === null || stage.status !== "pending") return stage;
    return { ...stage, estimated_s: known[0]!, estimated_range: known.slice(1) };
  });
  return { ...run, stages };
}

const stalled: Apply = (run, payload, time) => ({
  ...run,
  stalled: readStall({ ...payload, since: text(payload["since"]) || time }),
});

const recovered: Apply = (run) => ({ ...run, stalled: null });

const stageCompleted: Apply = (run, payload) => {
  const id = text(payload["stage"]);
  const index = stageIndex(run, id);
  if (id === null || index < 0) return run;
  const done = withStage(run, index, {
    status: "completed",
    elapsed_s: number(payload["elapsed_s"]) ?? 0,
    progress: 100,
    progress_estimated: false,
    metrics: fields(payload["metrics"]),
  });
  const isNew = !run.stages_completed.includes(id);
  return {
    ...done,
    stages_completed: isNew ? [...run.stages_completed, id] : run.stages_completed,
    stage_progress: 100,
    running: [],
  };
};

/** Close the run; a stage that was under way gets the given status. */
function ended(run: RunState, payload: Fields, time: string, stage: StageStatus): RunState {
  // One that was dropped while it waited for its next attempt took what it took before.
  const elapsed = number(payload["elapsed_time"]) ?? (elapsedAt(run, time) || run.earlier_s || null);
  const at = currentStageAt(run, time);
  const index = stageIndex(at, at.current_stage);
  const closed =
    at.stages[index]?.status === "running" ? withStage(at, index, { status: stage }) : at;
  return { ...closed, end_time: time, elapsed_time: elapsed };
}

const completed: Apply = (run, payload, time) => {
  const closed = ended(run, payload, time, "skipped");
  return {
    ...closed,
    // What never began was left out; of a run that ended badly it may yet come.
    stages: closed.stages.map((stage) =>
      stage.status === "pending" ? { ...stage, status: "skipped" } : stage,
    ),
    result: readResult(fields(payload["result"])),
    current_stage: null,
    stage_progress: 100,
  };
};

const failed: Apply = (run, payload, time) => {
  const error = readError(payload["error"]) ?? readError({})!;
  return {
    ...ended(run, payload, time, "failed"),
    error: { ...error, stage: error.stage || run.current_stage },
    resumable: payload["resumable"] === true,
  };
};

const cancelled: Apply = (run, payload, time) => ({
  ...ended(run, payload, time, "skipped"),
  resumable: payload["resumable"] === true,
});

const unchanged: Apply = (run) => run;

function updated(run: RunState, payload: Fields): RunState {
  return {
    ...run,
    name: text(payload["name"]) ?? run.name,
    tags: Array.isArray(payload["tags"]) ? texts(payload["tags"]) : run.tags,
    notes: text(payload["notes"]) ?? run.notes,
  };
}

/** A run that was registered after its end: its result names the model from then on. */
function registered(run: RunState, payload: Fields): RunState {
  const name = text(payload["name"]);
  const version = number(payload["version"]);
  if (!run.result || name === null || version === null) return run;
  return { ...run, result: { ...run.result, model: { name, version } } };
}

const APPLY: Record<string, Apply> = {
  training_queued: queued,
  training_started: started,
  training_resuming: resuming,
  training_resumed: resumed,
  training_stopping: unchanged,
  training_stalled: stalled,
  training_recovered: recovered,
  stage_started: stageStarted,
  stage_completed: stageCompleted,
  fold_completed: foldCompleted,
  candidate_completed: candidateCompleted,
  training_completed: completed,
  training_failed: failed,
  training_cancelled: cancelled,
  training_interrupted: cancelled,
};
