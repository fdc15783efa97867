/** What the server says: the types of the wire, as they arrive. */

export type RunStatus =
  | "queued"
  | "running"
  | "stopping"
  | "completed"
  | "failed"
  | "cancelled"
  | "interrupted";

export type StageStatus = "pending" | "running" | "completed" | "failed" | "skipped";

export interface StageState {
  id: string;
  title: string;
  status: StageStatus;
  estimated_s: number | null;
  elapsed_s: number | null;
  progress: number;
  started_time: string | null;
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

export interface RunError {
  type: string;
  message: string;
  stage: string | null;
  traceback: string;
  reason: string;
  hint: string;
}

export interface RunResult {
  test: Record<string, number | null> | null;
  confusion_matrix: number[][] | null;
  classes: string[] | null;
  rows: { train: number | null; validation: number | null; test: number | null } | null;
  stopped: boolean;
  model: { name: string; version: number } | null;
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
  error: RunError | null;
  result: RunResult | null;
  spec: Record<string, unknown>;
}

export type ActivityLevel = "info" | "success" | "warning" | "error";

export interface Activity {
  id: string;
  time: string;
  run_id: string | null;
  level: ActivityLevel;
  kind: string;
  text: string;
  who: string | null;
}

export type HealthStatus = "green" | "yellow" | "red";

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

export interface ModelSummary {
  name: string;
  deployed: number | null;
  latest: number | null;
}

export interface ModelVersion {
  version: number;
  run_id: string | null;
  time: string | null;
  result: RunResult | null;
}

/** `[step, value]`, in rising order of steps. */
export type Point = [number, number];
export type Series = Record<string, Point[]>;

/** What `GET status` answers, and what a snapshot carries. */
export interface Snapshot {
  log_id: string;
  offset: number;
  server: Record<string, unknown>;
  health: Health | null;
  runs: RunState[];
  activity: Activity[];
  models: ModelSummary[];
}

/** A message of the stream; the control messages leave most of it out. */
export interface Message {
  type: string;
  offset?: number;
  after?: number;
  revision?: number;
  time?: string;
  run_id?: string | null;
  log_id?: string;
  recovered?: boolean;
  heartbeat_s?: number;
  data?: unknown;
}

/** What `GET events` answers. */
export interface EventsPage {
  log_id: string;
  offset: number;
  head: number;
  more: boolean;
  recovered: boolean;
  events: Message[];
  volatile: Message[];
  snapshot: unknown;
}
