/**
 * What the server says: the types of the wire, as the view relies on them.
 *
 * Written by frontend/scripts/wire_types.py from the types of the core; do not edit.
 */

export type RunStatus =
  | "queued"
  | "running"
  | "stopping"
  | "completed"
  | "failed"
  | "cancelled"
  | "interrupted";

export type StageStatus = "pending" | "running" | "completed" | "failed" | "skipped";
export type ActivityLevel = "info" | "success" | "warning" | "error";
export type HealthStatus = "green" | "yellow" | "red";

export interface Steps {
  done: number;
  total: number | null;
}

export interface EarlyStop {
  best_step: number | null;
  last_step: number;
  restored: boolean;
}

export interface RunResult {
  test: Record<string, number | null> | null;
  confusion_matrix: number[][] | null;
  classes: string[] | null;
  rows: { train: number | null; validation: number | null; test: number | null } | null;
  stopped: boolean;
  /** Why: `asked` or `time_limit`; null for a run that was not. */
  stopped_by: string | null;
  /** Whether the fit ended because its live score rose no more. */
  stopped_early: boolean;
  early_stopping: EarlyStop | null;
  /** Of the fit; null where it shows none. */
  steps: Steps | null;
  model: { name: string; version: number } | null;
  /** What a function gave back; null for any other run. */
  value: ReturnedValue | null;
}

export interface ReturnedValue {
  type: string;
  /** The value itself, where it is a number or a short text. */
  shown: string | null;
  /** Why it is not kept. */
  problem: string | null;
}

export interface Gauge {
  percent: number | null;
  used: number | null;
  limit: number | null;
}

export interface Latency {
  p50: number | null;
  p95: number | null;
}

export interface Gpu {
  name: string;
  percent: number | null;
  memory: Gauge | null;
}

export interface Health {
  status: HealthStatus;
  reasons: string[];
  /** What is over its threshold at this moment, and by its average is not. */
  remarks: string[];
  time: string | null;
  cpu: Gauge | null;
  memory: Gauge | null;
  swap: Gauge | null;
  disk: Gauge | null;
  network: { in: number | null; out: number | null } | null;
  load: number[];
  processes: number | null;
  uptime_s: number | null;
  response_times: Record<string, Latency>;
  event_loop_lag: number | null;
  gpus: Gpu[];
}

export interface ModelVersion {
  version: number;
  run_id: string | null;
  time: string | null;
  result: RunResult | null;
}

/** `[step, value]`, in rising order of steps; null where there was no number to draw. */
export type Point = [number, number | null];
export type Series = Record<string, Point[]>;

export const ACTIVITY_KINDS = [
  "training_queued",
  "training_started",
  "training_resuming",
  "training_resumed",
  "training_stopping",
  "training_stalled",
  "training_recovered",
  "stage_completed",
  "training_completed",
  "training_failed",
  "training_cancelled",
  "training_interrupted",
  "run_deleted",
  "health_changed",
  "model_registered",
  "model_deployed",
  "data_finding",
  "note",
] as const;

export interface PlannedStage {
  id: string;
  title: string;
  estimated_s: number | null;
  estimated_range: number[] | null;
}

export interface StageState {
  id: string;
  title: string;
  status: StageStatus;
  estimated_s: number | null;
  estimated_range: number[] | null;
  elapsed_s: number | null;
  progress: number;
  progress_estimated: boolean;
  shown_s: number | null;
  pace_s: number | null;
  told_left: number[] | null;
  told_s: number | null;
  started_time: string | null;
  carried_s: number;
  metrics: Record<string, unknown>;
}

export interface LiveScore {
  name: string;
  value: number | null;
}

export interface Resources {
  cpu: number | null;
  memory: number | null;
  peak_memory: number | null;
  limit: number | null;
}

export interface BestCandidate {
  candidate: number;
  params: Record<string, unknown>;
  mean: number | null;
  std: number | null;
}

export interface SearchState {
  completed: number;
  skipped: number;
  scorer: string;
  best: BestCandidate | null;
}

export interface Stall {
  since: string;
  likely_s: number | null;
  uses_cpu: boolean;
  output: string;
}

export interface RunError {
  type: string;
  message: string;
  stage: string | null;
  traceback: string;
  reason: string;
  hint: string;
  output: string;
}

export interface RunState {
  run_id: string;
  name: string;
  tags: string[];
  notes: string;
  kind: string;
  who: string;
  status: RunStatus;
  resumable: boolean;
  current_stage: string | null;
  stages: StageState[];
  stages_completed: string[];
  progress: number;
  stage_progress: number;
  step: number | null;
  total_steps: number | null;
  queued_time: string | null;
  start_time: string | null;
  end_time: string | null;
  attempt: number;
  attempt_time: string | null;
  earlier_s: number;
  updated_time: string | null;
  elapsed_time: number | null;
  estimated_remaining: number | null;
  estimated_range: [number, number] | null;
  live_accuracy: number | null;
  live_score: LiveScore | null;
  metrics: Record<string, number | null>;
  predictions_processed: number;
  throughput: number | null;
  monitoring_overhead: number | null;
  resources: Resources | null;
  running: Record<string, unknown>[];
  search: SearchState | null;
  stalled: Stall | null;
  can_stop: boolean | null;
  queue_place: number | null;
  error: RunError | null;
  result: RunResult | null;
  spec: Record<string, unknown>;
}

export interface Threshold {
  figure: string;
  title: string;
  yellow: number | null;
  red: number | null;
  unit: string;
  margin: number;
  average_s: number;
}

export interface Activity {
  id: string;
  time: string;
  level: ActivityLevel;
  kind: string;
  text: string;
  who: string;
  run_id: string | null;
  offset: number;
}

export interface ModelSummary {
  name: string;
  deployed: number | null;
  latest: number | null;
}

export interface Snapshot {
  log_id: string;
  offset: number;
  server: Record<string, unknown>;
  health: Health | null;
  runs: RunState[];
  activity: Activity[];
  models: ModelSummary[];
}

export interface EventsAnswer {
  log_id: string;
  offset: number;
  head: number;
  more: boolean;
  recovered: boolean;
  events: Message[];
  volatile: Message[];
  snapshot: unknown;
}

/** A message of the stream; each type has its own of these keys. */
export interface Message {
  type: string;
  time?: string;
  run_id?: string | null;
  data?: unknown;
  offset?: number;
  after?: number;
  revision?: number;
  log_id?: string;
  recovered?: boolean;
  heartbeat_s?: number;
  id?: unknown;
}
