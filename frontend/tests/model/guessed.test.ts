/** The same cases as the core's: `tests/core/test_guessed.py` reads the same file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isGuessed, percent } from "../../src/model/guessed";
import { readRun } from "../../src/model/reading";
import type { RunState } from "../../src/model/wire";
import { runNote } from "../../src/view/run_note";

const CASES = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/fixtures/guessed.json"), "utf8"),
) as { name: string; run: unknown; guessed: boolean }[];

describe("how far a run is", () => {
  it.each(CASES)("$name", ({ run, guessed }) => {
    expect(isGuessed(run as RunState)).toBe(guessed);
    const far = percent(run as RunState);
    expect(far.startsWith("~")).toBe(guessed);
  });
});

describe("a row of a list", () => {
  const going = CASES.filter(({ run }) => (run as RunState).status === "running");
  it.each(going)("$name", ({ run, guessed }) => {
    const whole = readRun({ run_id: `row ${guessed}`, name: "svc", kind: "pipeline", estimated_remaining: 12, ...(run as object) })!;
    const far = guessed ? "~40 %" : "40 %";
    expect(runNote(whole, 0)).toBe(`${far} · ~12 s left`);
    expect(runNote({ ...whole, stalled: { since: "", uses_cpu: false, output: "" } as RunState["stalled"] }, 0)).toBe(`Stalled · ${far}`);
  });
});
