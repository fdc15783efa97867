/**
 * A line of the feed as it reads where its run's name stands above it, as the core's `within_run`,
 * and as it reads among the lines of other runs.
 */

import { modelNameFor } from "./naming";
import type { Activity } from "./wire";

const OWN_KINDS = /^(training_|stage_|run_)/;

/** What a person or a check of the data wrote stays as it is, and so does what bears an earlier name. */
export function wordsWithinRun({ text, kind }: Pick<Activity, "text" | "kind">, name: string): string {
  if (!name || !OWN_KINDS.test(kind)) return text;
  if (text.endsWith(`ing ${name}`)) return text.slice(0, -name.length - 1); // "Stopping digits"
  for (const lead of [`${name}: `, `${name} was `, `${name} `]) {
    if (text.startsWith(lead) && text.length > lead.length) {
      const rest = text.slice(lead.length);
      return rest.charAt(0).toUpperCase() + rest.slice(1);
    }
  }
  return text;
}

/** A failure's line where its message stands above: "Failed in Train" for "Failed in Train: KeyError: 'a'". */
export function wordsOfFailure(words: string): string {
  return words.split(": ", 1)[0]!;
}

const LONGEST_NAME = 28;

/** A line with its run's name cut, where that is so long that it would hide what happened. */
export function shortened(text: string, name: string): string {
  if (name.length <= LONGEST_NAME) return text;
  return text.replace(name, () => `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…`);
}

/** With the run's name before it, where the sentence does not hold it. */
export function wordsAmongRuns({ text, kind }: Pick<Activity, "text" | "kind">, name: string): string {
  if (!name || OWN_KINDS.test(kind)) return text;
  // A finding tells of columns, which may be called as the run is.
  const isNamed = kind !== "data_finding" && (holds(text, name) || holds(text, modelNameFor(name)));
  return isNamed ? text : `${name}: ${text}`;
}

/** As a whole word: "digits 2" is not named in "digits 20 version 1 is in service". */
function holds(text: string, name: string): boolean {
  const at = text.indexOf(name);
  if (at < 0) return false;
  const beside = text.charAt(at - 1) + text.charAt(at + name.length);
  return !/[\p{L}\p{N}_]/u.test(beside);
}
