/**
 * Applying messages to a view's state, whichever way they came; mirrors the server's core.
 *
 * Durable messages are applied in the order of their offsets, each once; volatile ones where their
 * revision is the newest of its run and type and the run has not ended. Whatever a message skips is
 * a gap: it is not applied, and the caller has to ask again from the state's position.
 */

import { withoutOldest, withSeries } from "./forgetting";
import { noticeOfChange, noticeOfEvent, noticeOfLine, withNotice } from "./notices";
import { readActivity, readRun, readSeries, readSnapshot } from "./reading";
import { fields, number, text } from "./reading_fields";
import { readHealth } from "./reading_health";
import { inLine } from "./queueing";
import { reduceRun } from "./reduce";
import { appendSeries } from "./series";
import { hasEnded } from "./transitions";
import { EMPTY, withEntry, type ViewState } from "./view_state";
import type { Activity, Message, ModelSummary, RunState, Snapshot } from "./wire";

const ACTIVITY_KEPT = 500;
const VOLATILE: ReadonlySet<string> = new Set([
  "training_progress",
  "metrics_appended",
  "system_metrics",
]);

export interface Applied {
  state: ViewState;
  /** A message was skipped; what followed it was left out. */
  isGap: boolean;
}

/** Apply messages in their order, up to the first gap. `now` is this page's clock, in ms. */
export function applyMessages(state: ViewState, messages: readonly Message[], now: number): Applied {
  let at = state;
  for (const message of messages) {
    const next = applyMessage(at, message, now);
    if (next === "gap") return { state: at, isGap: true };
    at = next;
  }
  return { state: at, isGap: false };
}

function applyMessage(state: ViewState, message: Message, now: number): ViewState | "gap" {
  if (message.type === "snapshot") {
    const snapshot = readSnapshot(message.data, message.log_id, message.offset);
    return snapshot ? applySnapshot(state, snapshot, now) : state;
  }
  if (message.type === "hello") return greeted(state, message);
  if (message.type === "heartbeat") {
    return state.logId !== null && (message.offset ?? 0) > state.offset ? "gap" : state;
  }
  if (VOLATILE.has(message.type)) return applyVolatile(state, message, now);
  const offset = message.offset;
  if (offset === undefined || offset <= state.offset) return state;
  if (offset > state.offset + 1) return "gap";
  const runId = message.run_id;
  const runOffsets = runId ? withEntry(state.runOffsets, runId, offset) : state.runOffsets;
  const applied = applyDurable({ ...state, offset, runOffsets }, message, now);
  return applied.runs === state.runs ? applied : { ...applied, runs: inLine(applied.runs) };
}

/** A greeting that goes on in another log than the one known cannot be joined. */
function greeted(state: ViewState, message: Message): ViewState | "gap" {
  const isForeign = state.logId !== null && message.log_id !== state.logId;
  return message.recovered === true && isForeign ? "gap" : state;
}

function applyVolatile(state: ViewState, message: Message, now: number): ViewState | "gap" {
  const after = message.after ?? 0;
  const revision = message.revision ?? 0;
  if (after > state.offset) return "gap";
  const runId = message.run_id ?? null;
  const key = `${runId ?? ""} ${message.type}`;
  if (revision <= (state.revisions.get(key) ?? -1)) return state;
  const at = { ...state, revisions: withEntry(state.revisions, key, revision) };
  if (runId === null) {
    if (message.type !== "system_metrics") return at;
    return { ...at, health: readHealth(message.data) };
  }
  const run = state.runs.get(runId);
  if (!run || hasEnded(run.status)) return state;
  // The run's durable events have gone past it.
  if (after < (state.runOffsets.get(runId) ?? 0)) return state;
  if (message.type === "training_progress") {
    const read = readRun(message.data);
    return read ? withRun(at, read, now) : at;
  }
  return message.type === "metrics_appended" ? withMetrics(at, run, message) : at;
}

function withMetrics(state: ViewState, run: RunState, message: Message): ViewState {
  const payload = fields(message.data);
  const added = readSeries(payload["series"]);
  const known = appendSeries(state.series.get(run.run_id), added, fields(payload["from"]));
  const metrics = { ...run.metrics };
  for (const [name, points] of Object.entries(added)) {
    const newest = points.at(-1);
    if (newest) metrics[name] = newest[1];
  }
  const at = withSeries(state, run.run_id, known);
  return { ...at, runs: withEntry(state.runs, run.run_id, { ...run, metrics }) };
}

/** Put a run's newer state in place of the one known. */
export function withRun(state: ViewState, run: RunState, now: number): ViewState {
  const notice = noticeOfChange(state.runs.get(run.run_id), run);
  const at = {
    ...state,
    runs: withEntry(state.runs, run.run_id, run),
    heardAt: withEntry(state.heardAt, run.run_id, now),
  };
  return withNotice(at, notice);
}

function applyDurable(state: ViewState, message: Message, now: number): ViewState {
  const at = withNotice(state, noticeOfEvent(message, state.logId));
  const runId = message.run_id ?? null;
  switch (message.type) {
    case "activity_update": {
      const told = readActivity(message.data, message);
      return told ? { ...at, activity: [told, ...at.activity].slice(0, ACTIVITY_KEPT) } : at;
    }
    case "health_changed":
      return withHealthChange(at, message);
    case "model_registered":
    case "model_deployed":
      return withReducedRun(withModel(at, message), message, now);
    case "run_deleted": {
      const runs = new Map(at.runs);
      if (runId !== null) runs.delete(runId);
      return { ...at, runs };
    }
    default:
      return withReducedRun(at, message, now);
  }
}

function withReducedRun(state: ViewState, message: Message, now: number): ViewState {
  const before = message.run_id ? (state.runs.get(message.run_id) ?? null) : null;
  const run = reduceRun(before, message);
  if (!run || run === before) return state;
  const at = withRun(state, run, now);
  return hasEnded(run.status) ? withoutOldest(at) : at;
}

function withHealthChange(state: ViewState, message: Message): ViewState {
  const payload = fields(message.data);
  const changed = { ...state.health, status: payload["to"], reasons: payload["reasons"], remarks: [] };
  return { ...state, health: readHealth(changed) };
}

function withModel(state: ViewState, message: Message): ViewState {
  const payload = fields(message.data);
  const name = text(payload["name"]);
  const version = number(payload["version"]);
  if (name === null || version === null) return state;
  const known = state.models.find((model) => model.name === name);
  const changed: ModelSummary = {
    name,
    deployed: message.type === "model_deployed" ? version : (known?.deployed ?? null),
    latest: Math.max(version, known?.latest ?? 0),
  };
  const others = state.models.filter((model) => model.name !== name);
  const models = [...others, changed].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...state, models };
}

/**
 * Take the state at a position. One that is older than what is known of the same log is left out.
 */
export function applySnapshot(state: ViewState, snapshot: Snapshot, now: number): ViewState {
  const isSameLog = state.logId === snapshot.log_id;
  if (isSameLog && snapshot.offset < state.offset) return state;
  // Newest first on the wire; oldest first here, so that a new run is simply the last.
  const runs = inLine(new Map([...snapshot.runs].reverse().map((run) => [run.run_id, run])));
  let at = state;
  for (const run of snapshot.runs) {
    at = withNotice(at, noticeOfChange(state.runs.get(run.run_id), run));
  }
  for (const line of isSameLog ? [...snapshot.activity].reverse() : []) {
    if (line.offset - 1 > state.offset) at = withNotice(at, noticeOfLine(line, snapshot.log_id));
  }
  return {
    ...at,
    logId: snapshot.log_id,
    offset: snapshot.offset,
    server: snapshot.server,
    health: snapshot.health ?? state.health,
    runs,
    heardAt: new Map([...runs.keys()].map((runId) => [runId, now])),
    runOffsets: new Map([...runs.keys()].map((runId) => [runId, snapshot.offset])),
    activity: joined(snapshot.activity, isSameLog ? state.activity : []),
    models: snapshot.models,
    revisions: isSameLog ? state.revisions : EMPTY.revisions,
    series: isSameLog ? unfinished(state.series) : EMPTY.series,
  };
}

/** What was appended between the last message and the snapshot is not known. */
function unfinished(series: ViewState["series"]): ViewState["series"] {
  return new Map([...series].map(([runId, known]) => [runId, { ...known, whole: new Set() }]));
}

/** The newest, and what is known below it; a stretch that may be missing between them drops it. */
function joined(newest: readonly Activity[], known: readonly Activity[]): Activity[] {
  const ids = new Set(newest.map((activity) => activity.id));
  const older = known.filter((activity) => !ids.has(activity.id));
  const isJoined = older.length < known.length;
  return (isJoined ? [...newest, ...older] : [...newest]).slice(0, ACTIVITY_KEPT);
}

/** Add a page of older activity below what is known. */
export function withOlderActivity(state: ViewState, older: readonly Activity[]): ViewState {
  const ids = new Set(state.activity.map((activity) => activity.id));
  const added = older.filter((activity) => !ids.has(activity.id));
  return { ...state, activity: [...state.activity, ...added] };
}

/** Take another view's state of the same server, but for the notices already given. */
export function adoptState(state: ViewState, other: ViewState): ViewState {
  if (state.logId === other.logId && other.offset < state.offset) return state;
  let at: ViewState = { ...other, notices: state.notices };
  for (const run of other.runs.values()) {
    at = withNotice(at, noticeOfChange(state.runs.get(run.run_id), run));
  }
  return at;
}
