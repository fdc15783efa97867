/**
 * Reading what came from outside into the shapes that the view relies on.
 *
 * A saved notebook is written by anybody, and a newer server may say more than we know: whatever is
 * missing or of another type becomes its empty value here, so that no component has to doubt.
 */

import { fields, isFields, items, label, number, oneOf, percent, text, texts, type Fields } from "./reading_fields";
import { readHealth } from "./reading_health";
import type {
  Activity,
  ActivityLevel,
  BestCandidate,
  EarlyStop,
  LiveScore,
  Message,
  ModelSummary,
  ModelVersion,
  Point,
  ReturnedValue,
  RunError,
  Resources,
  RunResult,
  RunState,
  RunStatus,
  SearchState,
  Series,
  Snapshot,
  StageState,
  StageStatus,
  Stall,
  Steps,
} from "./wire";

function numbers(value: unknown): Record<string, number | null> {
  return Object.fromEntries(Object.entries(fields(value)).map(([key, n]) => [key, number(n)]));
}

const STAGE_STATUSES: readonly StageStatus[] = [
  "pending",
  "running",
  "completed",
  "failed",
  "skipped",
];

export const RUN_STATUSES: readonly RunStatus[] = [
  "queued",
  "running",
  "stopping",
  "completed",
  "failed",
  "cancelled",
  "interrupted",
];

export function titleOf(id: string): string {
  const words = id.replaceAll("_", " ").trim();
  return words ? words[0]!.toUpperCase() + words.slice(1) : id;
}

/** What a stage is expected to take, and what it takes nine times in ten. */
export function plannedTime(from: Fields): Pick<StageState, "estimated_s" | "estimated_range"> {
  return {
    estimated_s: number(from["estimated_s"]),
    estimated_range: readTimes(from["estimated_range"], 2),
  };
}

/** So many seconds, all of them known; null for anything else. */
export function readTimes(value: unknown, count: number): number[] | null {
  const times = items(value).map(number);
  const known = times.filter((time) => time !== null && time >= 0);
  return times.length === count && known.length === count ? (known as number[]) : null;
}

/** A stage of a state, or of a plan: there it may be just an id. */
export function readStage(value: unknown): StageState | null {
  const from = typeof value === "string" ? { id: value } : fields(value);
  const id = text(from["id"]);
  if (id === null) return null;
  return {
    id,
    title: text(from["title"]) ?? titleOf(id),
    status: oneOf(from["status"], STAGE_STATUSES, "pending"),
    ...plannedTime(from),
    elapsed_s: number(from["elapsed_s"]),
    progress: percent(from["progress"]) ?? 0,
    progress_estimated: from["progress_estimated"] === true,
    shown_s: number(from["shown_s"]),
    pace_s: number(from["pace_s"]),
    told_left: readTimes(from["told_left"], 3),
    told_s: number(from["told_s"]),
    carried_s: number(from["carried_s"]) ?? 0,
    started_time: text(from["started_time"]),
    metrics: fields(from["metrics"]),
  };
}

export function readStages(value: unknown): StageState[] {
  return items(value)
    .map(readStage)
    .filter((stage) => stage !== null);
}

export function readError(value: unknown): RunError | null {
  if (!isFields(value)) return null;
  return {
    type: text(value["type"]) ?? "Error",
    message: text(value["message"]) ?? "",
    stage: text(value["stage"]),
    traceback: text(value["traceback"]) ?? "",
    reason: text(value["reason"]) ?? "training_error",
    hint: text(value["hint"]) ?? "",
    output: text(value["output"]) ?? "",
  };
}

function readSteps(value: unknown): Steps | null {
  const done = number(fields(value)["done"]);
  return done === null ? null : { done, total: number(fields(value)["total"]) };
}

function readEarlyStop(value: unknown): EarlyStop | null {
  const last = number(fields(value)["last_step"]);
  if (last === null) return null;
  const best = number(fields(value)["best_step"]);
  return { best_step: best, last_step: last, restored: fields(value)["restored"] === true };
}

export function readResult(value: unknown): RunResult | null {
  if (!isFields(value)) return null;
  const rows = isFields(value["rows"]) ? value["rows"] : null;
  const model = fields(value["model"]);
  const name = text(model["name"]);
  const version = number(model["version"]);
  const matrix = items(value["confusion_matrix"]).map((row) => items(row).map((n) => number(n) ?? 0));
  const test = isFields(value["test"]) ? value["test"] : null;
  return {
    test: test && numbers(test),
    confusion_matrix: matrix.length ? matrix : null,
    classes: Array.isArray(value["classes"]) ? value["classes"].map(label) : null,
    rows: rows && {
      train: number(rows["train"]),
      validation: number(rows["validation"]),
      test: number(rows["test"]),
    },
    stopped: value["stopped"] === true,
    stopped_by: text(value["stopped_by"]),
    stopped_early: value["stopped_early"] === true,
    early_stopping: readEarlyStop(value["early_stopping"]),
    steps: readSteps(value["steps"]),
    model: name !== null && version !== null ? { name, version } : null,
    value: readReturned(value["value"]),
  };
}

function readReturned(value: unknown): ReturnedValue | null {
  if (!isFields(value)) return null;
  const type = text(value["type"]);
  return type === null ? null : { type, shown: text(value["shown"]), problem: text(value["problem"]) };
}

function readResources(value: unknown): Resources | null {
  if (!isFields(value)) return null;
  return {
    cpu: number(value["cpu"]),
    memory: number(value["memory"]),
    peak_memory: number(value["peak_memory"]),
    limit: number(value["limit"]),
  };
}

function readPair(value: unknown): [number, number] | null {
  const low = number(items(value)[0]);
  const high = number(items(value)[1]);
  return low !== null && high !== null ? [low, high] : null;
}

function readScore(value: unknown): LiveScore | null {
  if (!isFields(value)) return null;
  return { name: text(value["name"]) ?? "score", value: number(value["value"]) };
}

/** The best candidate of a search, of a state or as `candidate_completed` tells it. */
export function readBest(value: unknown): BestCandidate | null {
  const candidate = number(fields(value)["candidate"]);
  if (candidate === null) return null;
  const from = fields(value);
  return {
    candidate,
    params: fields(from["params"]),
    mean: number(from["mean"]),
    std: number(from["std"]),
  };
}

function readSearch(value: unknown): SearchState | null {
  if (!isFields(value)) return null;
  return {
    completed: number(value["completed"]) ?? 0,
    skipped: number(value["skipped"]) ?? 0,
    scorer: text(value["scorer"]) ?? "",
    best: readBest(value["best"]),
  };
}

/** Since when nothing is heard of a run; null where that is not too long. */
export function readStall(value: unknown): Stall | null {
  const since = text(fields(value)["since"]);
  if (!isFields(value) || since === null) return null;
  return {
    since,
    likely_s: number(value["likely_s"]),
    uses_cpu: value["uses_cpu"] !== false,
    output: text(value["output"]) ?? "",
  };
}

/** A run's state; null where the value names no run. */
export function readRun(value: unknown): RunState | null {
  const from = fields(value);
  const runId = text(from["run_id"]);
  if (runId === null || runId === "") return null;
  return {
    run_id: runId,
    name: text(from["name"]) ?? runId,
    tags: texts(from["tags"]),
    notes: text(from["notes"]) ?? "",
    kind: text(from["kind"]) ?? "pipeline",
    who: text(from["who"]) ?? "",
    status: oneOf(from["status"], RUN_STATUSES, "queued"),
    resumable: from["resumable"] === true,
    current_stage: text(from["current_stage"]),
    stages: readStages(from["stages"]),
    stages_completed: texts(from["stages_completed"]),
    progress: percent(from["progress"]) ?? 0,
    stage_progress: percent(from["stage_progress"]) ?? 0,
    step: number(from["step"]),
    total_steps: number(from["total_steps"]),
    queued_time: text(from["queued_time"]),
    start_time: text(from["start_time"]),
    end_time: text(from["end_time"]),
    attempt: number(from["attempt"]) ?? 1,
    attempt_time: text(from["attempt_time"]),
    earlier_s: number(from["earlier_s"]) ?? 0,
    updated_time: text(from["updated_time"]),
    elapsed_time: number(from["elapsed_time"]),
    estimated_remaining: number(from["estimated_remaining"]),
    estimated_range: readPair(from["estimated_range"]),
    live_accuracy: number(from["live_accuracy"]),
    live_score: readScore(from["live_score"]),
    metrics: numbers(from["metrics"]),
    predictions_processed: number(from["predictions_processed"]) ?? 0,
    throughput: number(from["throughput"]),
    monitoring_overhead: number(from["monitoring_overhead"]),
    resources: readResources(from["resources"]),
    running: items(from["running"]).filter(isFields),
    search: readSearch(from["search"]),
    stalled: readStall(from["stalled"]),
    queue_place: number(from["queue_place"]),
    can_stop: typeof from["can_stop"] === "boolean" ? from["can_stop"] : null,
    error: readError(from["error"]),
    result: readResult(from["result"]),
    spec: fields(from["spec"]),
  };
}

export function readRuns(value: unknown): RunState[] {
  return items(value)
    .map(readRun)
    .filter((run) => run !== null);
}

const LEVELS: readonly ActivityLevel[] = ["info", "success", "warning", "error"];

export function readActivity(value: unknown, message?: Message): Activity | null {
  const from = fields(value);
  const said = text(from["text"]);
  if (said === null) return null;
  const time = text(from["time"]) ?? message?.time ?? "";
  const kind = text(from["kind"]) ?? "note";
  return {
    id: label(from["id"]) || `${time} ${kind} ${said}`,
    time,
    run_id: text(from["run_id"]) ?? message?.run_id ?? null,
    level: oneOf(from["level"], LEVELS, "info"),
    kind,
    text: said,
    who: text(from["who"]) ?? "",
    offset: number(from["offset"]) ?? message?.offset ?? 0,
  };
}

export function readActivities(value: unknown): Activity[] {
  return items(value)
    .map((item) => readActivity(item))
    .filter((item) => item !== null);
}

export function readModel(value: unknown): ModelSummary | null {
  const name = text(fields(value)["name"]);
  if (name === null) return null;
  return {
    name,
    deployed: number(fields(value)["deployed"]),
    latest: number(fields(value)["latest"]),
  };
}

export function readModels(value: unknown): ModelSummary[] {
  return items(value)
    .map(readModel)
    .filter((model) => model !== null);
}

export function readVersions(value: unknown): ModelVersion[] {
  return items(value).flatMap((item) => {
    const from = fields(item);
    const version = number(from["version"]);
    if (version === null) return [];
    return [
      {
        version,
        run_id: text(from["run_id"]),
        time: text(from["time"]),
        result: readResult(from["result"]),
      },
    ];
  });
}

function readPoints(value: unknown): Point[] {
  return items(value).flatMap((pair): Point[] => {
    const [step, value] = items(pair);
    const at = number(step);
    // A value that is no number is a gap in the line.
    return at === null ? [] : [[at, number(value)]];
  });
}

export function readSeries(value: unknown): Series {
  return Object.fromEntries(
    Object.entries(fields(value)).map(([name, points]) => [name, readPoints(points)]),
  );
}

/** A snapshot; null where the value has no position. */
export function readSnapshot(value: unknown, logId?: string, offset?: number): Snapshot | null {
  if (!isFields(value)) return null;
  const log = text(value["log_id"]) ?? logId;
  const at = number(value["offset"]) ?? offset;
  if (log === undefined || at === undefined) return null;
  return {
    log_id: log,
    offset: at,
    server: fields(value["server"]),
    health: readHealth(value["health"]),
    runs: readRuns(value["runs"]),
    activity: readActivities(value["activity"]),
    models: readModels(value["models"]),
  };
}

/** The messages of a frame; what is no message is left out. */
export function readMessages(value: unknown): Message[] {
  return items(value).filter((item): item is Message & Fields => {
    return isFields(item) && typeof item["type"] === "string";
  });
}
