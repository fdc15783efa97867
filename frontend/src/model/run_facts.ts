/** What a run is found and ordered by, read from its state; mirrors the core's `run_facts.py`. */

import { liveScoreOf } from "./live_score";
import { fields, text } from "./reading_fields";
import type { RunState } from "./wire";

/** A text as it is looked for: whatever its case, its width and its composition. */
export function folded(said: string): string {
  // What the core's casefold() does and lower case does not: the ß, and Greek's last sigma.
  return said.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ").normalize("NFKC");
}

/** The class that is fitted, without its package; empty where that is not known. */
export function estimatorOf(run: RunState): string {
  const named = text(fields(run.spec["estimator"])["class"]);
  if (named !== null) return named.slice(named.lastIndexOf(".") + 1);
  // An object that a notebook handed over: the worker was the first to open it.
  const begun = run.stages.find((stage) => stage.id === "initialize");
  return text(begun?.metrics["estimator"]) ?? "";
}

export interface NamedScore {
  name: string;
  value: number;
  /** Measured on validation rows while it trained, not on test rows. */
  isLive: boolean;
}

/** The one figure of a run: on its test rows, or the last on its validation rows. */
export function mainScore(run: RunState): NamedScore | null {
  for (const name of ["accuracy", "r2"]) {
    const value = run.result?.test?.[name];
    if (typeof value === "number") return { name, value, isLive: false };
  }
  const live = liveScoreOf(run);
  return live && live.value !== null ? { name: live.name, value: live.value, isLive: true } : null;
}

/** `test.accuracy`, `metrics.loss`: a run's value of it; null: it has none. */
export function metricOf(run: RunState, metric: string): number | null {
  const from = metric.startsWith("test.") ? (run.result?.test ?? {}) : run.metrics;
  const name = metric.slice(metric.indexOf(".") + 1);
  return Object.hasOwn(from, name) ? (from[name] ?? null) : null;
}

const LESS = /(^|[^a-z])(loss|error|err|mae|mse|rmse|rmsle|mape|deviance|perplexity|time|duration)([^a-z]|$)/i;

/** Whether less of a metric is better, by its name; scorers named `neg_…` rise. */
export function isLessBetter(metric: string): boolean {
  const name = metric.slice(metric.indexOf(".") + 1);
  return !name.startsWith("neg_") && LESS.test(name.replaceAll("_", " "));
}

/** When a run was queued or, where it never was, started. */
export function begunTime(run: RunState): string {
  return run.queued_time ?? run.start_time ?? "";
}
