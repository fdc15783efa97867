/** The same words as the core's: `tests/core/test_activity.py` reads the same file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wordsAmongRuns, wordsWithinRun } from "../../src/model/activity_words";
import { duration, headline, metricWords } from "../../src/model/format";
import { readRun } from "../../src/model/reading";

const WORDS = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/fixtures/words.json"), "utf8"),
) as {
  durations: [number, string][];
  metrics: [string, unknown, string][];
  returned: [unknown, string][];
  lines: [string, string, string, string][];
};

describe("the words of the core", () => {
  it.each(WORDS.durations)("a stage of %s s took %s", (seconds, words) => {
    expect(duration(seconds, true)).toBe(words);
  });

  it.each(WORDS.metrics)("%s of %j is written as %s", (name, value, words) => {
    expect(metricWords(name, value)).toBe(words);
  });

  it.each(WORDS.returned)("%j reads %j", (value, words) => {
    const run = readRun({ run_id: "r", result: { metrics: {}, value } })!;
    const told = headline(run) ?? "";
    expect(told.charAt(0).toLowerCase() + told.slice(1)).toBe(words);
  });

  it.each(WORDS.lines)("%s of %j: %j reads %j within the run", (kind, name, text, words) => {
    expect(wordsWithinRun({ text, kind }, name)).toBe(words);
  });
});

describe("a line among those of other runs", () => {
  it.each([
    ["data_finding", "digits", "3 columns are constant", "digits: 3 columns are constant"],
    ["data_finding", "target", "target has 2 classes", "target: target has 2 classes"],
    ["note", "digits", "looks good", "digits: looks good"],
    ["note", "digits", "stop digits at noon", "stop digits at noon"],
    ["note", "digits", "digits2 is better", "digits: digits2 is better"],
    ["stage_completed", "digits", "digits: Train done in 4.2 s", "digits: Train done in 4.2 s"],
    ["stage_completed", "renamed", "digits: Train done in 4.2 s", "digits: Train done in 4.2 s"],
    ["model_deployed", "my digits", "my-digits version 2 is in service", "my-digits version 2 is in service"],
    ["model_deployed", "digits", "champion version 2 is in service", "digits: champion version 2 is in service"],
  ])("%s of %j: %j reads %j", (kind, name, text, words) => {
    expect(wordsAmongRuns({ text, kind }, name)).toBe(words);
  });
});
