/** The same cases as the core's: `tests/core/test_queueing.py` reads the same file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { waitingWords } from "../../src/model/queueing";
import { readRun } from "../../src/model/reading";
import { EMPTY } from "../../src/model/view_state";

type Facts = Record<string, unknown> & { run_id: string };
const CASES = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/fixtures/waiting.json"), "utf8"),
) as { name: string; words: string; at_once: number | null; run: Facts; others: Facts[] }[];

const queued = (facts: Facts) => readRun({ name: facts.run_id, kind: "pipeline", status: "queued", ...facts })!;

describe("what a queued run waits for", () => {
  it.each(CASES)("$name", ({ words, at_once, run, others }) => {
    const runs = new Map(others.map((facts) => [facts.run_id, queued(facts)]));
    const server = at_once === null ? {} : { max_concurrent_runs: at_once };
    expect(waitingWords(queued(run), { ...EMPTY, runs, server })).toBe(words);
  });
});
