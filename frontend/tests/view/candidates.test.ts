/** The leaderboard of a search: best first, what runs now, and giving a candidate up. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  served: {
    first: string[];
    whole: string[];
    marked: string;
    sum: string;
    spinners: number;
    posted: [string, unknown][];
    markup: number;
  };
  overComm: { atFirst: string[]; rows: string[]; text: string; limit: number; skipped: Record<string, unknown>[] };
}

describe("the leaderboard", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("candidates")) as Seen;
  }, 60_000);

  it("has the best first, marked, and what is under way whatever its place", () => {
    const { first, marked } = seen.served;
    expect(first).toHaveLength(9);
    expect(first[0]).toBe("1 best C=0.1, kernel=<b>rbf</b> 0.8500 ± 0.0500 0.9000 0.8000");
    expect(marked).toContain("best");
    expect(first[2]).toContain("C=0.3");
    expect(first[8]).toMatch(/^running C=7 – 0.5000 – *Skip$/);
  });

  it("takes a fold under way from the run's state, which is newer", () => {
    expect(seen.served.spinners).toBe(1);
  });

  it("sums up, and shows all on demand", () => {
    expect(seen.served.sum).toBe("12 candidates done, 1 skipped · best accuracy 0.8500 with C=0.1, kernel=<b>rbf</b>");
    expect(seen.served.whole).toHaveLength(13);
    expect(seen.served.whole.at(-2)).toMatch(/^skipped C=8/);
    expect(seen.served.whole.at(-1)).toMatch(/^failed C=9/);
  });

  it("gives a candidate up, once", () => {
    expect(seen.served.posted).toEqual([["runs/20261122-100000-0000002a/skip", { candidate: 20 }]]);
  });

  it("writes parameters as text", () => {
    expect(seen.served.markup).toBe(0);
  });

  it("has the same over the comm where only a kernel feeds it, and asks that", () => {
    const { atFirst, rows, skipped, limit } = seen.overComm;
    expect(atFirst).toHaveLength(1); // what is under way needs no asking
    expect(rows).toEqual(seen.served.first);
    expect(limit).toBe(500);
    expect(skipped).toMatchObject([{ action: "skip", candidate: 20 }]);
  });

  it("says how many of them it shows where that is not all", () => {
    expect(seen.overComm.text).toContain("The best 13 of 1,200 candidates");
  });
});
