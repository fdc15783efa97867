/** A line of the feed as it reads where its run's name stands above it; mirrors the core's `within_run`. */

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
