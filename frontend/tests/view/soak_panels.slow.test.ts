/** A notebook whose panels are fed by its kernel and by polling has not grown by a day of runs. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  samples: { hour: number; bytes: number; elements: number }[];
  runs: number;
  ways: string[];
  shown: boolean[];
}

const MB = 1e6;
const told = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`;

describe("panels of a notebook, before 360 runs of which each has its cell executed again", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("soak_panels")) as Seen;
  }, 900_000);

  it("show the runs to the end, each in its own way", () => {
    expect(seen.runs).toBe(360);
    expect(seen.ways).toEqual(["live comm", "polling rest", "live comm"]);
    expect(seen.shown).toEqual([true, true, true]);
  });

  it("have grown by at most 20 MB since the first hour", () => {
    const [first, last] = [seen.samples[0]!, seen.samples.at(-1)!];
    console.log(`memory after an hour ${told(first.bytes)}, at the end ${told(last.bytes)}`);
    expect(last.bytes - first.bytes).toBeLessThan(20 * MB);
    expect(last.elements - first.elements).toBeLessThan(200);
  });
});
