/** Reading a health report into the shape that the view relies on. */

import { fields, isFields, items, number, oneOf, text, texts } from "./reading_fields";
import type { Gauge, Gpu, Health, HealthStatus, Latency } from "./wire";

function readGauge(value: unknown): Gauge | null {
  if (!isFields(value)) return null;
  return {
    percent: number(value["percent"]),
    used: number(value["used"]),
    limit: number(value["limit"]),
  };
}

function readLatencies(value: unknown): Record<string, Latency> {
  const read: Record<string, Latency> = {};
  for (const [way, latency] of Object.entries(fields(value))) {
    if (!isFields(latency)) continue;
    read[way] = { p50: number(latency["p50"]), p95: number(latency["p95"]) };
  }
  return read;
}

function readGpu(value: unknown, index: number): Gpu {
  const from = fields(value);
  return {
    name: text(from["name"]) ?? `GPU ${index}`,
    percent: number(from["percent"]),
    memory: readGauge(from["memory"]),
  };
}

const HEALTH_STATUSES: readonly HealthStatus[] = ["green", "yellow", "red"];

export function readHealth(value: unknown): Health | null {
  if (!isFields(value)) return null;
  const network = isFields(value["network"]) ? value["network"] : null;
  return {
    status: oneOf(value["status"], HEALTH_STATUSES, "green"),
    reasons: items(value["reasons"]).map((reason) =>
      typeof reason === "string" ? reason : (text(fields(reason)["text"]) ?? ""),
    ),
    remarks: texts(value["remarks"]),
    time: text(value["time"]),
    cpu: readGauge(value["cpu"]),
    memory: readGauge(value["memory"]),
    swap: readGauge(value["swap"]),
    disk: readGauge(value["disk"]),
    network: network && { in: number(network["in"]), out: number(network["out"]) },
    load: items(value["load"])
      .map(number)
      .filter((n) => n !== null),
    processes: number(value["processes"]),
    uptime_s: number(value["uptime_s"]),
    response_times: readLatencies(value["response_times"]),
    event_loop_lag: number(value["event_loop_lag"]),
    gpus: items(value["gpus"]).map(readGpu),
  };
}

