/** A panel of named parts has exactly these, in their order; a run in one line stays one line. */

import { beforeAll, describe, expect, it } from "vitest";
import { PARTS } from "../../src/model/parts";
import { inChromium } from "./chromium";

interface LineSeen {
  words: string;
  height: number;
  isWithin: boolean;
  bar: number;
  headings: number;
}

interface Seen {
  order: string[];
  empty: string[];
  toggles: number;
  overComm: { output: string; chart: string };
  changed: string[];
  twoWords: string;
  odd: string[];
  failed: string;
  everything: { parts: string[]; empty: string[]; words: string };
  several: string;
  wide: LineSeen;
  narrow: LineSeen;
  narrowest: LineSeen;
  ended: LineSeen;
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("parts")) as Seen;
}, 60_000);

describe("a panel of named parts", () => {
  it("shows exactly these, in the order that was asked for, and none of them empty", () => {
    expect(seen.order).toEqual([...PARTS]);
    expect(seen.empty).toEqual([]);
    expect(seen.toggles).toBe(0);
    expect(seen.twoWords.indexOf("Cancel")).toBeLessThan(seen.twoWords.indexOf("Time left"));
    expect(seen.twoWords).not.toMatch(/Details|Activity|Stages/);
  });

  it("follows its trait when that is changed", () => {
    expect(seen.changed).toEqual(["activity", "progress"]);
  });

  it("asks the kernel for the output and the scores where there is no server, and shows them as text", () => {
    expect(seen.overComm.output).toBe("epoch 1\n<b>epoch 2</b>");
    expect(seen.overComm.chart).toContain("0.9000 at step 3");
  });

  it("passes over what is no part", () => {
    expect(seen.odd).toEqual(["stages"]);
  });

  it("says why a run failed, with nothing but its progress shown", () => {
    expect(seen.failed).toContain("no such column");
  });

  it("of everything shows the runs and the machine", () => {
    expect(seen.everything.parts).toEqual(["health", "progress"]);
    expect(seen.everything.empty).toEqual([]);
    expect(seen.everything.words).toContain("second");
  });
});

describe("a run in one line", () => {
  it("says what it is, how far, how well, how long, and how current", () => {
    for (const words of ["digits", "50 %", "~2 min", "accuracy 0.9500", "Live"]) {
      expect(seen.wide.words).toContain(words);
    }
    expect(seen.ended.words).toContain("Accuracy 0.9722");
    expect(seen.several).toContain("and 1 more");
  });

  it.each(["wide", "narrow", "narrowest", "ended"] as const)("stays one line with a bar that can be seen: %s", (name) => {
    expect(seen[name].height).toBeLessThanOrEqual(34);
    expect(seen[name].isWithin).toBe(true);
    expect(seen[name].bar).toBeGreaterThanOrEqual(24);
    expect(seen[name].headings).toBe(0);
  });
});
