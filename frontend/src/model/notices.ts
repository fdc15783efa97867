/** What a person is told once: a run's end, a stall, a change of health, a deployment. */

import { stopWords } from "./early_end";
import { headline } from "./format";
import { titleOf } from "./reading";
import { fields, label, text, texts } from "./reading_fields";
import { stalledWords } from "./stalling";
import { hasEnded } from "./transitions";
import type { Notice, NoticeLevel, ViewState } from "./view_state";
import type { Activity, Message, RunState } from "./wire";

const KEPT = 20;

export function withNotice(state: ViewState, notice: Notice | null): ViewState {
  if (!notice || state.notices.some((known) => known.key === notice.key)) return state;
  const others = state.notices.filter((known) => known.topic !== notice.topic);
  return { ...state, notices: [...others, notice].slice(-KEPT) };
}

/** The notice for what became of a run that was seen going on: it has ended, or stalled. */
export function noticeOfChange(before: RunState | undefined, run: RunState): Notice | null {
  return noticeOfEnd(before, run) ?? noticeOfStall(before, run);
}

function noticeOfStall(before: RunState | undefined, run: RunState): Notice | null {
  if (!before || before.stalled || !run.stalled || hasEnded(run.status)) return null;
  const words = (stalledWords(run) ?? "").replace(/^Stalled: /, "");
  return {
    key: `stall ${run.run_id} ${run.stalled.since}`,
    topic: `stall ${run.run_id}`,
    run_id: run.run_id,
    level: "warning",
    title: `${run.name} has stalled`,
    text: words.charAt(0).toUpperCase() + words.slice(1),
  };
}

function noticeOfEnd(before: RunState | undefined, run: RunState): Notice | null {
  if (!before || hasEnded(before.status) || !hasEnded(run.status)) return null;
  const key = `end ${run.run_id} ${run.end_time ?? ""}`;
  const about = { key, topic: `end ${run.run_id}`, run_id: run.run_id };
  if (run.status === "completed") {
    const title = `${run.name} ${stopWords(run) ?? "finished"}`;
    return { ...about, level: "success", title, text: headline(run) ?? "" };
  }
  if (run.status === "failed") {
    const error = run.error;
    const said = error ? `${error.type}: ${error.message}` : "";
    return { ...about, level: "error", title: `${run.name} failed`, text: said };
  }
  return { ...about, level: "warning", title: `${run.name} was ${run.status}`, text: "" };
}

const HEALTH_LEVEL: Record<string, NoticeLevel> = {
  green: "success",
  yellow: "warning",
  red: "error",
};

/** The notice for an event that is about no run's end. */
export function noticeOfEvent(message: Message, logId: string | null): Notice | null {
  const about = { key: `${logId} ${message.offset}`, run_id: message.run_id ?? null };
  const payload = fields(message.data);
  if (message.type === "health_changed") {
    const to = text(payload["to"]) ?? "";
    const title = `Health is ${to}`;
    const reasons = texts(payload["reasons"]).join("; ");
    const level = (Object.hasOwn(HEALTH_LEVEL, to) && HEALTH_LEVEL[to]) || "info";
    return { ...about, topic: "health", run_id: null, level, title, text: reasons };
  }
  if (message.type === "model_deployed") {
    const title = `${label(payload["name"])} version ${label(payload["version"])} is in service`;
    const previous = payload["previous"];
    const instead = previous ? `In place of version ${label(previous)}` : "";
    const topic = `model ${label(payload["name"])}`;
    return { ...about, topic, level: "success", title, text: instead };
  }
  return null;
}

const TOLD = {
  health_changed: /^Health went from \S+ to (\S+?)(?:: (.*))?$/s,
  model_deployed: /^(.*) version (\d+) is in service(?:, in place of (version \d+))?/s,
};

/**
 * The notice for a line of the feed about a fact that this view has not heard of itself.
 *
 * A fact and its line are journalled together, at one time: but for what another run does in that
 * very moment the line comes next, and the notice is the same as that of a view that has heard it.
 */
export function noticeOfLine(line: Activity, logId: string): Notice | null {
  const about = { key: `${logId} ${line.offset - 1}`, level: line.level };
  if (line.kind === "health_changed") {
    const said = TOLD.health_changed.exec(line.text);
    return said && { ...about, topic: "health", run_id: null, title: `Health is ${said[1]}`, text: said[2] ?? "" };
  }
  if (line.kind === "model_deployed") {
    const said = TOLD.model_deployed.exec(line.text);
    if (!said) return null;
    const [, name, version, before] = said;
    const title = `${name} version ${version} is in service`;
    return { ...about, topic: `model ${name}`, run_id: line.run_id, title, text: before ? `In place of ${before}` : "" };
  }
  return null;
}

/** A notice as it reads in the panel of a run, whose name and failure stand there already. */
export function noticeWithinRun(notice: Notice, run: RunState): Notice {
  const own = [`end ${run.run_id}`, `stall ${run.run_id}`];
  if (!own.includes(notice.topic) || !notice.title.startsWith(`${run.name} `)) return notice;
  const words = notice.title.slice(run.name.length + 1).replace(/^(was|has) /, "");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  const error = run.status === "failed" ? run.error : null;
  if (!error) return { ...notice, title };
  const where = error.stage ? ` in ${titleOf(error.stage)}` : "";
  return { ...notice, title: title + where, text: error.type };
}

/** Whether a run's panel tells a notice: its own, and those of the machine while the run goes on. */
export function isToldIn(notice: Notice, run: RunState): boolean {
  if (notice.topic === "health") return !hasEnded(run.status);
  return notice.run_id === null || notice.run_id === run.run_id;
}
