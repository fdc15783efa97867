/** A model's versions: what they scored, which is in service since when, and what another one would replace. */

import { clock } from "./format";
import { readVersions } from "./reading";
import { fields, isFields, items, number, oneOf, text } from "./reading_fields";
import type { ModelVersion } from "./wire";

export type InputKind = "number" | "boolean" | "datetime" | "category" | "any";

/** A column that a model takes; one of an array has no name. */
export interface ModelInput {
  name: string | null;
  kind: InputKind;
  categories: readonly unknown[] | null;
}

export interface ModelDetail {
  deployed: number | null;
  deployedTime: string | null;
  deployedBy: string;
  /** Of the version in service; null: it does not say. */
  inputs: readonly ModelInput[] | null;
  inputCount: number | null;
  /** Newest first. */
  versions: readonly ModelVersion[];
}

const KINDS: readonly InputKind[] = ["number", "boolean", "datetime", "category", "any"];

function readInput(value: unknown): ModelInput {
  const from = fields(value);
  const categories = Array.isArray(from["categories"]) ? items(from["categories"]) : null;
  return { name: text(from["name"]), kind: oneOf(from["kind"], KINDS, "any"), categories };
}

export function readModelDetail(answer: unknown): ModelDetail {
  const from = fields(answer);
  const inputs = Array.isArray(from["inputs"]) ? items(from["inputs"]).filter(isFields).map(readInput) : null;
  return {
    deployed: number(from["deployed"]),
    deployedTime: text(from["deployed_time"]),
    deployedBy: text(from["deployed_by"]) ?? "",
    inputs: inputs?.length ? inputs : null,
    inputCount: number(from["input_count"]) ?? inputs?.length ?? null,
    versions: readVersions(from["versions"]).sort((a, b) => b.version - a.version),
  };
}

const FIRST = ["accuracy", "r2"];
const MOST_METRICS = 6;

/** What the versions were measured by on their test rows, the figures that a person asks for first before others. */
export function metricsOf(versions: readonly ModelVersion[]): string[] {
  const names = new Set(versions.flatMap(({ result }) => Object.keys(result?.test ?? {})));
  const rank = (name: string): number => (FIRST.includes(name) ? 0 : 1);
  return [...names].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_METRICS);
}

export function scoreOf({ result }: ModelVersion, metric: string): number | null {
  return result?.test?.[metric] ?? null;
}

/** Of errors and losses the lowest is the best. */
function isLowBetter(metric: string): boolean {
  return /(^|_)(mae|mse|rmse|mape|error|loss|deviance)($|_)/.test(metric) && !metric.startsWith("neg_");
}

/** The versions with the best score, where they differ in it. */
export function bestOf(versions: readonly ModelVersion[], metric: string): ReadonlySet<number> {
  const scored = versions.flatMap((version) => {
    const score = scoreOf(version, metric);
    return score === null ? [] : [{ version: version.version, score }];
  });
  const scores = scored.map(({ score }) => score);
  const best = isLowBetter(metric) ? Math.min(...scores) : Math.max(...scores);
  if (new Set(scores).size < 2) return new Set();
  return new Set(scored.filter(({ score }) => score === best).map(({ version }) => version));
}

/** "in service since 14:03:22, put there by ada"; what is not known is left out. */
export function serviceWords({ deployedTime, deployedBy }: ModelDetail, now: number): string {
  const since = deployedTime === null ? "" : ` since ${clock(deployedTime, now)}`;
  return `in service${since}${deployedBy ? `, put there by ${deployedBy}` : ""}`;
}

/** What a person is asked before another version goes into service. */
export function replacementWords(detail: ModelDetail, version: number, now: number): string {
  return `Version ${version} takes the place of version ${detail.deployed}, ${serviceWords(detail, now)}.`;
}

export function isRollback({ deployed }: Pick<ModelDetail, "deployed">, version: number): boolean {
  return deployed !== null && version < deployed;
}
