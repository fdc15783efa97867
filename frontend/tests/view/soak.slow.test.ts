/** A page that stays open for a day, and is gone about in, has not grown by it. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  samples: { hour: number; bytes: number; elements: number }[];
  frames: number;
  shown: boolean;
  visited: string[];
  connection: string;
}

const MB = 1e6;
const told = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`;

describe("a page that is open for a day, with 205 runs that log 30 points a second", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("soak")) as Seen;
  }, 900_000);

  it("is live and shows the newest run to the end", () => {
    expect(seen.connection).toBe("live");
    expect(seen.shown).toBe(true);
    expect(seen.frames).toBe(24 * 60);
    expect(seen.visited).toEqual(["Activity", "Health", "History", "Models"]);
  });

  it("has grown by at most 20 MB since its first hour", () => {
    const [first, last] = [seen.samples[0]!, seen.samples.at(-1)!];
    console.log(`memory after an hour ${told(first.bytes)}, after a day ${told(last.bytes)}`);
    expect(last.bytes - first.bytes).toBeLessThan(20 * MB);
  });

  it("does not grow in the second half of the day by more than a list of its runs takes", () => {
    const [noon, last] = [seen.samples[11]!, seen.samples.at(-1)!];
    expect(last.bytes - noon.bytes).toBeLessThan(6 * MB);
    expect(last.elements).toBeLessThan(4000);
  });
});
