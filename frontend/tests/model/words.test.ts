/** The same words as the core's: `tests/core/test_activity.py` reads the same file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wordsWithinRun } from "../../src/model/activity_words";
import { duration } from "../../src/model/format";

const WORDS = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/fixtures/words.json"), "utf8"),
) as { durations: [number, string][]; lines: [string, string, string, string][] };

describe("the words of the core", () => {
  it.each(WORDS.durations)("a stage of %s s took %s", (seconds, words) => {
    expect(duration(seconds, true)).toBe(words);
  });

  it.each(WORDS.lines)("%s of %j: %j reads %j within the run", (kind, name, text, words) => {
    expect(wordsWithinRun({ text, kind }, name)).toBe(words);
  });
});
