"""Writes ``frontend/src/model/wire.ts`` from the types of the core: they stand in one place.

``python frontend/scripts/wire_types.py`` writes it; ``--check`` only says whether it is up to date.
What the core leaves open (``dict[str, Any]``) is described here, as far as views rely on it.
"""

from __future__ import annotations

import sys
import types
import typing
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from jupyter_progress.core import activity, events, health, stages, state, transitions, wire  # noqa: E402

TARGET = ROOT / "frontend" / "src" / "model" / "wire.ts"

HEAD = """/**
 * What the server says: the types of the wire, as the view relies on them.
 *
 * Written by frontend/scripts/wire_types.py from the types of the core; do not edit.
 */
"""

STRUCTS: tuple[type[msgspec.Struct], ...] = (
    stages.PlannedStage,
    state.StageState,
    state.LiveScore,
    state.Resources,
    state.BestCandidate,
    state.SearchState,
    state.Stall,
    events.RunError,
    state.RunState,
    health.Threshold,
    wire.Activity,
    wire.ModelSummary,
    wire.Snapshot,
    wire.EventsAnswer,
)

# Where the core says less than the wire does, or a view reads it more closely.
CLOSER: dict[tuple[str, str], str] = {
    ("StageState", "status"): "StageStatus",
    ("RunState", "status"): "RunStatus",
    ("RunState", "estimated_range"): "[number, number] | null",
    ("RunState", "error"): "RunError | null",
    ("RunState", "result"): "RunResult | null",
    ("Activity", "level"): "ActivityLevel",
    ("Snapshot", "server"): "Record<string, unknown>",
    ("Snapshot", "health"): "Health | null",
    ("EventsAnswer", "events"): "Message[]",
    ("EventsAnswer", "volatile"): "Message[]",
    ("EventsAnswer", "snapshot"): "unknown",
}

OPEN_SHAPES = """
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
"""

PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", Any: "unknown"}


def typescript(kind: Any) -> str:
    """The TypeScript of a Python annotation."""
    if kind in PLAIN:
        return PLAIN[kind]
    if kind is type(None):
        return "null"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind.__name__
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(typescript(argument) for argument in arguments)
    if origin is list:
        inner = typescript(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<{typescript(arguments[0])}, {typescript(arguments[1])}>"
    raise TypeError(f"{kind!r} has no TypeScript here: add it to wire_types.py")


def interface(struct: type[msgspec.Struct]) -> str:
    """An interface whose keys are those of a struct."""
    hints = typing.get_type_hints(struct)
    lines = [f"export interface {struct.__name__} {{"]
    for field in msgspec.structs.fields(struct):
        kind = CLOSER.get((struct.__name__, field.name)) or typescript(hints[field.name])
        lines.append(f"  {field.encode_name}: {kind};")
    return "\n".join([*lines, "}"])


def message() -> str:
    """A message of any type: all keys but the type may be missing."""
    hints = typing.get_type_hints(wire.Message)
    lines = ["/** A message of the stream; each type has its own of these keys. */"]
    lines.append("export interface Message {")
    for field in msgspec.structs.fields(wire.Message):
        kind = typescript(hints[field.name])
        if field.name == "type":
            lines.append("  type: string;")
        else:
            null = " | null" if field.name == "run_id" else ""
            lines.append(f"  {field.encode_name}?: {kind.removesuffix(' | null')}{null};")
    return "\n".join([*lines, "}"])


def run_status() -> str:
    """The statuses of the table of transitions."""
    statuses = typing.get_args(transitions.Status)
    return "export type RunStatus =\n" + "\n".join(f'  | "{status}"' for status in statuses) + ";"


def activity_kinds() -> str:
    """What a line of the feed can be about."""
    kinds = "".join(f'  "{kind}",\n' for kind in activity.KINDS)
    return f"export const ACTIVITY_KINDS = [\n{kinds}] as const;"


def render() -> str:
    """The whole file."""
    shapes = [OPEN_SHAPES, activity_kinds(), *map(interface, STRUCTS)]
    parts = [HEAD, run_status(), *shapes, message()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with ``--check`` compare it."""
    text = render()
    if "--check" in arguments:
        if TARGET.read_text("utf-8") == text:
            return 0
        print(f"{TARGET.relative_to(ROOT)} is not what the core says: run {Path(__file__).name}")
        return 1
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
