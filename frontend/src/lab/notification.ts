/** A notice as Jupyter's own notification. */

import type { Notice } from "../model/view_state";
import { NOW, type Place } from "../page/places";

/** As the settings name them. */
export type NoticeKind = "ends" | "failures" | "stalls" | "health" | "deployments";

export interface NotificationWords {
  words: string;
  kind: Notice["level"];
  /** Milliseconds; false: until a person has seen it. */
  autoClose: number | false;
}

const SHOWN_MS = 10_000;
const LONGEST = 300;

/** What a notice is about. */
export function kindOf(notice: Notice): NoticeKind {
  if (notice.topic === "health") return "health";
  if (notice.topic.startsWith("model ")) return "deployments";
  if (notice.topic.startsWith("stall ")) return "stalls";
  return notice.level === "error" ? "failures" : "ends";
}

/** Where "Open" leads. */
export function placeOfNotice(notice: Notice): Place {
  if (notice.run_id !== null) return { at: "now", runId: notice.run_id };
  const kind = kindOf(notice);
  return kind === "health" ? { at: "health", query: "" } : kind === "deployments" ? { at: "models", query: "" } : NOW;
}

function cut(words: string): string {
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words;
}

export function notificationOf(notice: Notice): NotificationWords {
  const words = notice.text ? `${notice.title}: ${notice.text}` : notice.title;
  return { words: cut(words), kind: notice.level, autoClose: notice.level === "error" ? false : SHOWN_MS };
}
