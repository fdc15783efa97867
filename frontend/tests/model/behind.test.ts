/** Which runs are offered to be drawn behind another. */

import { describe, expect, it } from "vitest";
import { behindOf, MOST_OFFERED, offered } from "../../src/model/behind";
import { readRun } from "../../src/model/reading";
import { rowOf } from "../../src/model/run_rows";
import type { RunState } from "../../src/model/wire";

function run(number: number, name: string, status = "completed"): RunState {
  return readRun({ run_id: `20261122-1000${String(number).padStart(2, "0")}-0000002a`, name, status })!;
}

const OWN = run(50, "Digits", "running");

describe("what is offered", () => {
  it("is of the same name, then of a name that has it, then what goes on, then the newest", () => {
    const named = [run(9, "digits 2"), run(8, "digits")].map((found) => rowOf(found, null));
    const known = [OWN, run(7, "old"), run(6, "other", "running")];
    expect(offered(OWN, named, known).map(({ name }) => name)).toEqual(["digits", "digits 2", "other", "old"]);
  });

  it("is no more than one looks through", () => {
    const known = Array.from({ length: 40 }, (_, number) => run(number, `run ${number}`));
    expect(offered(OWN, [], known)).toHaveLength(MOST_OFFERED);
  });
});

describe("what an address asks for", () => {
  it("is drawn once, and never behind itself", () => {
    expect(behindOf("a", ["b", "a", "b", "c"])).toEqual(["b", "c"]);
    expect(behindOf("a", [..."bcdefghijk"])).toEqual([..."bcdefgh"]);
  });
});
