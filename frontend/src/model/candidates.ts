/** A search's leaderboard as the server answers it, with the folds that the run's state has under way. */

import { fields, items, number, text } from "./reading_fields";
import type { RunState } from "./wire";

export interface Candidate {
  candidate: number;
  params: Record<string, unknown>;
  status: string;
  rank: number | null;
  scores: (number | null)[];
  mean: number | null;
  std: number | null;
  best: boolean;
  resources: number | null;
  error: string | null;
  /** Numbers of its folds under way. */
  running: number[];
}

export interface Leaderboard {
  rows: Candidate[];
  total: number;
}

function readCandidate(value: unknown): Candidate | null {
  const from = fields(value);
  const candidate = number(from["candidate"]);
  if (candidate === null) return null;
  return {
    candidate,
    params: fields(from["params"]),
    status: text(from["status"]) ?? "waiting",
    rank: number(from["rank"]),
    scores: items(from["scores"]).map(number),
    mean: number(from["mean"]),
    std: number(from["std"]),
    best: from["best"] === true,
    resources: number(from["resources"]),
    error: text(from["error"]),
    running: items(from["running"]).flatMap((fold) => number(fields(fold)["fold"]) ?? []),
  };
}

export function readLeaderboard(value: unknown): Leaderboard {
  const rows = items(fields(value)["candidates"]).flatMap((row) => readCandidate(row) ?? []);
  return { rows, total: number(fields(value)["total"]) ?? rows.length };
}

/** The rows with what is under way now, which the run's state knows sooner than the last answer did. */
export function withRunning(rows: readonly Candidate[], run: RunState): Candidate[] {
  const under = new Map<number, { folds: number[]; params: Record<string, unknown> }>();
  for (const one of run.running) {
    const [candidate, fold] = [number(one["candidate"]), number(one["fold"])];
    if (candidate === null || fold === null) continue;
    const known = under.get(candidate) ?? { folds: [], params: fields(one["params"]) };
    known.folds.push(fold);
    under.set(candidate, known);
  }
  const shown = rows.map((row) => {
    const found = under.get(row.candidate);
    under.delete(row.candidate);
    const isOver = row.mean !== null || row.status === "failed" || row.status === "skipped";
    if (isOver) return { ...row, running: [] };
    const status = found ? "running" : row.status === "running" ? "waiting" : row.status;
    return { ...row, status, running: found?.folds ?? [] };
  });
  const fresh = [...under].map(([candidate, { folds, params }]) => ({
    ...{ candidate, params, status: "running", rank: null, scores: [], mean: null, std: null },
    ...{ best: false, resources: null, error: null, running: folds },
  }));
  const isScored = (row: Candidate): boolean => row.mean !== null;
  return [...shown.filter(isScored), ...fresh, ...shown.filter((row) => !isScored(row))];
}

/** `C=10, gamma=0.001` */
export function paramWords(params: Record<string, unknown>): string {
  const words = Object.entries(params).map(([name, value]) => {
    return `${name}=${valueWords(value)}`;
  });
  return words.join(", ") || "as they are";
}

/** A parameter as a person wrote it: not rounded like a measured figure, but for the last bits. */
function valueWords(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : JSON.stringify(value);
}
