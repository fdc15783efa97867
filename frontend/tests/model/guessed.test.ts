/** The same cases as the core's: `tests/core/test_guessed.py` reads the same file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isGuessed } from "../../src/model/guessed";
import type { RunState } from "../../src/model/wire";

const CASES = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/fixtures/guessed.json"), "utf8"),
) as { name: string; run: unknown; guessed: boolean }[];

describe("how far a run is", () => {
  it.each(CASES)("$name", ({ run, guessed }) => {
    expect(isGuessed(run as RunState)).toBe(guessed);
  });
});
