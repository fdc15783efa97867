/** What a person sees of a run that is under way: its stages in time, its time left, its output. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Box {
  left: number;
  width: number;
}

interface Stages {
  wait: Record<string, Box>;
  load: Record<string, Box>;
  train: Record<string, Box>;
  test: Record<string, Box>;
  grown: Record<string, Box>;
  words: string;
  axis: string[];
  left: string;
  unknown: string;
  earlier: Record<string, Box> & { words: string };
  isWithin: boolean;
}

interface Seen {
  wide: Stages;
  narrow: Stages;
  output: Record<string, unknown>;
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("now")) as Seen;
}, 60_000);

describe.each(["wide", "narrow"] as const)("the stages of a run, %s", (width) => {
  it("are bars at their places in time, with the wait before them", () => {
    const { wait, load, train, test, axis } = seen[width];
    const second = load["completed"]!.width / 5;
    const began = load["completed"]!.left;
    expect(wait["wait"]!.left).toBeCloseTo(0, 3);
    expect(wait["wait"]!.width).toBeCloseTo(began, 3);
    expect(train["running"]!.left).toBeCloseTo(began + 5 * second, 2);
    expect(train["running"]!.width / second).toBeGreaterThan(9.9);
    expect(train["expected"]!.left).toBeCloseTo(train["running"]!.left + train["running"]!.width, 2);
    expect(test["expected"]!.left).toBeCloseTo(train["expected"]!.left + train["expected"]!.width, 2);
    expect(test["expected"]!.width).toBeCloseTo(5 * second, 2);
    expect(axis[0]).toBe("0");
    expect(axis.length).toBeGreaterThan(2);
  });

  it("grow while they are at work, and are told in words", () => {
    const { train, grown, words, isWithin } = seen[width];
    expect(grown["running"]!.width).toBeGreaterThan(train["running"]!.width);
    expect(words).toBe("after 5.0 s");
    expect(isWithin).toBe(true);
  });

  it("stand behind what earlier attempts took", () => {
    const { earlier } = seen[width];
    expect(earlier.words).toContain("1 min 00 s");
    expect(earlier["earlier"]!.width).toBeGreaterThan(0.4);
  });
});

describe("the time left", () => {
  it("is a range, and not known yet without one", () => {
    expect(seen.wide.left).toBe("~30 to 60 min");
    expect(seen.wide.unknown).toBe("not known yet");
  });
});

describe("the output of a worker", () => {
  it("has the last lines as a terminal shows them, as text", () => {
    const { output } = seen;
    expect(output["count"]).toBe(200);
    expect(output["end"]).toEqual(["INFO begun", "100%|done", '<img src=x onerror="window.broken=1">', "x".repeat(60)]);
    expect(output["cut"]).toMatch(/… 3,000 more characters$/);
    expect(output["coloured"]).toEqual(["INFO"]);
    expect(output["broken"]).toBe(false);
  });

  it("follows until one scrolls up, and again on demand", () => {
    expect(seen.output).toMatchObject({ isAtEnd: true, follows: true, stays: 40, has: true, back: true });
  });

  it("goes further back, is wrapped and copied", () => {
    expect(seen.output).toMatchObject({ all: 306, wide: true, wrapped: true, said: "Copied" });
    expect(seen.output["copied"]).toEqual(["INFO begun", "100%|done", '<img src=x onerror="window.broken=1">']);
  });
});
