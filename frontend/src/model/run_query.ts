/** Which runs are looked for, and in which order: as a person sets it, and as the address has it. */

import { estimatorOf, folded, metricOf } from "./run_facts";
import { RUN_STATUSES } from "./reading";
import type { RunState, RunStatus } from "./wire";

export type Relation = ">=" | "<=" | ">" | "<" | "=";
export const RELATIONS: readonly Relation[] = [">=", "<=", ">", "<", "="];

/** As a person reads them. */
export const RELATION_SIGNS: Record<Relation, string> = { ">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=" };

export interface MetricBound {
  /** `test.accuracy`, `metrics.loss`. */
  metric: string;
  relation: Relation;
  value: number;
}

export interface RunQuery {
  words: string;
  statuses: readonly RunStatus[];
  tags: readonly string[];
  estimators: readonly string[];
  bounds: readonly MetricBound[];
  /** `newest`, `oldest`, or by what; with a `-` before it from the greatest down. */
  sort: string;
}

export const EVERYTHING: RunQuery = {
  words: "",
  statuses: [],
  tags: [],
  estimators: [],
  bounds: [],
  sort: "newest",
};

const METRIC = "(?:test|metrics)\\.[^\\x00-\\x1f\\x7f]{1,200}";
const SORT = new RegExp(`^(?:newest|oldest|-?(?:name|duration|score|${METRIC}))$`);
// The name ends as early as it can, so that of ">=" both characters are the relation.
const BOUND = new RegExp(`^(${METRIC}?) *(>=|<=|>|<|=) *(-?[0-9]{1,40}(?:\\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?)$`);
const VALUES_MOST = 20;
const WORDS_MOST = 10;
const WORDS_LIMIT = 200;

/** What an address asks for; what it says wrongly is left out, for it may be cut short or of another version. */
export function readQuery(said: string): RunQuery {
  const params = new URLSearchParams(said);
  const several = (name: string): string[] => [...new Set(params.getAll(name).filter(Boolean))].slice(0, VALUES_MOST);
  const sort = params.get("sort") ?? "";
  return {
    words: (params.get("q") ?? "").slice(0, WORDS_LIMIT),
    statuses: several("status").filter((status): status is RunStatus => RUN_STATUSES.some((known) => known === status)),
    tags: several("tag"),
    estimators: several("estimator"),
    bounds: several("metric").flatMap((told) => readBound(told) ?? []),
    sort: SORT.test(sort) ? sort : EVERYTHING.sort,
  };
}

export function readBound(told: string): MetricBound | null {
  const found = BOUND.exec(told.trim());
  if (!found) return null;
  return { metric: found[1]!, relation: found[2] as Relation, value: Number(found[3]) };
}

/** As the address has it, and the server takes it; empty for everything, newest first. */
export function writeQuery(query: RunQuery): string {
  const params = new URLSearchParams();
  const words = wordsOf(query.words).join(" ");
  if (words) params.set("q", words);
  for (const status of query.statuses) params.append("status", status);
  for (const tag of query.tags) params.append("tag", tag);
  for (const estimator of query.estimators) params.append("estimator", estimator);
  for (const bound of query.bounds) params.append("metric", boundWords(bound));
  if (query.sort !== EVERYTHING.sort) params.set("sort", query.sort);
  return params.toString();
}

export function boundWords({ metric, relation, value }: MetricBound): string {
  return `${metric}${relation}${value}`;
}

function wordsOf(said: string): string[] {
  return said.trim().split(/\s+/).filter(Boolean).slice(0, WORDS_MOST);
}

/** Whether something is looked for, whatever the order. */
export function isNarrowed(query: RunQuery): boolean {
  return writeQuery({ ...query, sort: EVERYTHING.sort }) !== "";
}

export interface Order {
  /** `began`, `name`, `duration`, `score` or a metric. */
  key: string;
  isDescending: boolean;
}

export function orderOf({ sort }: RunQuery): Order {
  if (sort === "newest" || sort === "oldest") return { key: "began", isDescending: sort === "newest" };
  return { key: sort.replace(/^-/, ""), isDescending: sort.startsWith("-") };
}

export function sortOf({ key, isDescending }: Order): string {
  if (key === "began") return isDescending ? "newest" : "oldest";
  return isDescending ? `-${key}` : key;
}

/** A column's header was pressed: it becomes the order, best first, or turns it. */
export function sortedBy(query: RunQuery, key: string, isDescendingAtFirst: boolean): RunQuery {
  const now = orderOf(query);
  const isDescending = now.key === key ? !now.isDescending : isDescendingAtFirst;
  return { ...query, sort: sortOf({ key, isDescending }) };
}

/** The metric that the table has a column for: what is ordered by, else what is bounded; null: the score. */
export function shownMetric(query: RunQuery): string | null {
  const { key } = orderOf(query);
  return key.includes(".") ? key : (query.bounds[0]?.metric ?? null);
}

/** Whether a run is one of those looked for; for what changes after the server was asked. */
export function fits(run: RunState, query: RunQuery): boolean {
  if (query.statuses.length && !query.statuses.includes(run.status)) return false;
  if (!query.tags.every((tag) => run.tags.includes(tag))) return false;
  const estimator = estimatorOf(run).toLowerCase();
  const classes = query.estimators.map((name) => name.slice(name.lastIndexOf(".") + 1).toLowerCase());
  if (classes.length && !classes.includes(estimator)) return false;
  const words = wordsOf(folded(query.words));
  const searched = words.length ? folded([run.name, run.run_id, estimatorOf(run), ...run.tags].join("\n")) : "";
  if (!words.every((word) => searched.includes(word))) return false;
  return query.bounds.every((bound) => isWithin(metricOf(run, bound.metric), bound));
}

function isWithin(value: number | null, { relation, value: limit }: MetricBound): boolean {
  if (value === null) return false;
  switch (relation) {
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case "=":
      return value === limit;
  }
}
