/**
 * Which metrics are drawn in one plot, and in which order the plots stand.
 *
 * Together are those of one kind, which their names differ from by a phase or a number (`train/loss` and
 * `val_loss`, `layer1.grad` and `layer2.grad`), and else those of one prefix (`reward/min`, `reward/max`).
 * Only names decide: a plot never moves for what is measured.
 */

import { nameOf } from "./format";

export interface MetricGroup {
  /** Stays the same as metrics are added to it. */
  key: string;
  title: string;
  names: readonly string[];
  /** What each is called within the group. */
  labels: readonly string[];
}

/** So many lines can be told apart by their colours. */
export const MOST_LINES = 8;

/** What is measured on held-out rows while a model is trained; titles that no name of one's own needs. */
const LIVE = ["live_accuracy", "live_score"];
const PHASES: ReadonlySet<string> = new Set([
  "train", "training", "trn", "tr", "val", "valid", "validation", "dev", "test", "testing", "eval",
  "evaluation", "holdout", "learn",
]); // prettier-ignore
const LOSSES = /loss|error|(?<![a-z])err(?![a-z])|nll|perplexity|deviance|(?<![a-z])mae|mse|entropy|divergence/i;
const SCORES = /(?<![a-z])(acc|f1|auc|r2|map|top\d)|accuracy|precision|recall|score|iou|bleu|reward/i;
const PARTS = /[/.:\s_-]+/;

/** The groups of so many metrics: live scores, then losses, then other scores, then the rest as they came. */
export function groupsOf(metrics: readonly string[]): MetricGroup[] {
  const names = [...new Set(metrics)].filter((name) => name !== "");
  // A run of one's own that logs its accuracy has it twice.
  const shown = names.includes("live_accuracy") ? names.filter((name) => name !== "accuracy") : names;
  const live = LIVE.filter((name) => shown.includes(name));
  const others = shown.filter((name) => !LIVE.includes(name));
  const groups = [...live.map((name) => [name]), ...byPrefix(byKind(others))].flatMap(inParts);
  const ranked = groups.map((group, index) => ({ group, index, rank: rankOf(group.names) }));
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
  return ranked.map(({ group }) => group);
}

function rankOf(names: readonly string[]): number {
  if (LIVE.includes(names[0]!)) return 0;
  if (LOSSES.test(names[0]!)) return 1;
  return SCORES.test(names[0]!) ? 2 : 3;
}

/** A name without its phase and its numbers; what is left of `validation_0-logloss` is `logloss`. */
function kindOf(name: string): string {
  const parts = name.toLowerCase().split(PARTS).filter(Boolean);
  const kept = parts.filter((part, index) => {
    const isPhase = PHASES.has(part.replace(/\d+$/, ""));
    const isNumberOfPhase = index > 0 && /^\d+$/.test(part) && PHASES.has(parts[index - 1]!);
    return !isPhase && !isNumberOfPhase;
  });
  return kept.map((part) => part.replace(/\d+/g, "#")).join("/");
}

function byKind(names: readonly string[]): string[][] {
  const kinds = new Map<string, string[]>();
  for (const name of names) {
    const kind = kindOf(name);
    kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  return [...kinds.values()];
}

/** What stands alone joins others of its prefix that do; a phase is no such prefix. */
function byPrefix(groups: readonly string[][]): string[][] {
  const prefixes = new Map<string, string[]>();
  const joined: string[][] = [];
  for (const group of groups) {
    const prefix = group.length === 1 ? prefixOf(group[0]!) : null;
    const known = prefix === null ? undefined : prefixes.get(prefix);
    if (known) known.push(group[0]!);
    else {
      const own = [...group];
      joined.push(own);
      if (prefix !== null) prefixes.set(prefix, own);
    }
  }
  return joined;
}

function prefixOf(name: string): string | null {
  const end = Math.max(name.lastIndexOf("/"), name.lastIndexOf("."));
  if (end <= 0) return null;
  const prefix = name.slice(0, end);
  return PHASES.has(prefix.toLowerCase()) ? null : prefix;
}

/** Groups of which each has as many lines as can be told apart. */
function inParts(names: readonly string[]): MetricGroup[] {
  const parts = Math.ceil(names.length / MOST_LINES);
  return Array.from({ length: parts }, (_, part) => {
    const own = names.slice(part * MOST_LINES, (part + 1) * MOST_LINES);
    const { title, labels } = worded(own);
    const of = parts > 1 ? ` (${part + 1} of ${parts})` : "";
    return { key: own[0]!, title: title + of, names: own, labels };
  });
}

/** What the names have in common is the title; what they differ by are the labels. */
function worded(names: readonly string[]): { title: string; labels: string[] } {
  const [first = ""] = names;
  if (names.length === 1) return { title: LIVE.includes(first) ? nameOf(first) : first, labels: [first] };
  const split = names.map((name) => name.split(/(?<=[/.:\s_-])|(?=[/.:\s_-])/));
  const shortest = Math.min(...split.map((parts) => parts.length));
  const isShared = (index: number): boolean => split.every((parts) => parts.at(index) === split[0]!.at(index));
  let head = 0;
  while (head < shortest && isShared(head)) head += 1;
  // A bare number says nothing: `validation_0`, not `0`.
  while (head > 1 && split.every((parts) => /^\d+$/.test(parts[head] ?? ""))) head -= 2;
  let tail = 0;
  while (head + tail < shortest && isShared(-1 - tail)) tail += 1;
  const inside = split.map((parts) => trimmed(parts.slice(head, parts.length - tail).join("")));
  const shared = [...split[0]!.slice(0, head), ...(tail ? split[0]!.slice(-tail) : [])].join("");
  const title = trimmed(shared.replace(/([/.:\s_-])[/.:\s_-]+/g, "$1")) || names.join(", ");
  // One that has nothing of its own (`loss` beside `val_loss`) is called by its whole name.
  return { title, labels: inside.map((label, index) => label || names[index]!) };
}

function trimmed(words: string): string {
  return words.replace(/^[/.:\s_-]+|[/.:\s_-]+$/g, "");
}
