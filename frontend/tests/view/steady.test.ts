/** A panel keeps its height and its edges while a run goes on, and tells its end without moving. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Played {
  heights: [string, number][];
  notices: string[];
  covered: boolean;
  left: number;
}

interface Header {
  height: number;
  gapRight: number;
  isMarkInLine: boolean;
  nameWidth: number;
  isCut: boolean;
  title: string;
  stoppedHeight: number;
}

interface Seen {
  played: Record<string, Played>;
  failed: { notice: string; words: string };
  headers: Header[];
  edges: { cancel: number; box: number; background: string[] };
  amounts: { told: string[]; cut: number };
}

describe("a panel", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("steady")) as Seen;
  }, 60_000);

  it.each(["330", "500", "880"])("is as high at every moment of a run, %s px wide", (width) => {
    const { heights } = seen.played[width]!;
    const [, first] = heights[0]!;
    expect(heights).toHaveLength(10);
    expect(heights).toEqual(heights.map(([name]) => [name, first]));
  });

  it("tells a run's end with its figure in the header, until it is dismissed", () => {
    for (const { notices, covered, left } of Object.values(seen.played)) {
      expect(notices).toHaveLength(1);
      expect(notices[0]).toMatch(/^Finished\s*· Accuracy 0\.9694 on 360 test rows/);
      expect(covered).toBe(true);
      expect(left).toBe(0);
    }
  });

  it("tells a failure, and its message once", () => {
    expect(seen.failed.notice).toMatch(/^Failed in Train\s*· KeyError/);
    expect(seen.failed.words.match(/no column 'age'/g)).toHaveLength(1);
  });

  it("cuts a long name, and keeps the connection at the end of the same line", () => {
    for (const header of seen.headers) {
      expect(header).toMatchObject({ height: 24, stoppedHeight: 24, gapRight: 0, isMarkInLine: true, isCut: true });
      expect(header.nameWidth).toBeGreaterThan(80);
      expect(header.title).toContain("nobody reads it any more, really");
    }
  });

  it("has its quiet buttons in line with what is above, and nothing hanging out of it", () => {
    expect(Math.abs(seen.edges.cancel)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(seen.edges.box)).toBeLessThanOrEqual(0.5);
    expect(seen.edges.background.length).toBeGreaterThan(0);
    expect(seen.edges.background.filter((value) => value !== "" && value !== "none")).toEqual([]);
  });

  it("shows the whole amount beside a gauge where it is narrow", () => {
    expect(seen.amounts.told).toEqual([
      "1.6 of 2.0 cores",
      "612 MB of 2.00 GB · peak 791 MB",
      "of training time, at most 3.0 %",
      "2.0 of 2.0 cores",
      "19.0 GB of 25.3 GB",
      "19.0 GB of 25.3 GB",
    ]);
    expect(seen.amounts.cut).toBe(0);
  });
});
