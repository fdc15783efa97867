/** What the parts of the page tell of a run, and what a small panel tells of an older one. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Older {
  told: string[];
  lists: number;
  asked: string[];
}

interface Seen {
  page: {
    order: string[];
    article: string;
    selected: string[];
    barsOf: string[];
    own: string[];
    all: string[];
    figures: { seen: string[]; different: string[] };
    chart: { inStep: boolean[]; captions: string[] };
  };
  narrow: { order: string[]; notes: string[]; told: string[]; cut: string[]; isWithin: boolean };
  older: Older;
  silent: Older;
}

const ORDER = ["at work", "first in line", "second in line", "ended"];

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("page")) as Seen;
}, 60_000);

describe("the page", () => {
  it("puts the run at work first, then the queue as it is served, and opens on the first", () => {
    expect(seen.page.order).toEqual(ORDER);
    expect(seen.page.article).toBe("at work");
    expect(seen.page.selected).toEqual(["at work"]);
    expect(seen.page.barsOf).toEqual(["at work"]);
  });

  it("tells what happened in the selected run, without its name", () => {
    expect(seen.page.own).toEqual(["Validate data done in 0.05 s", "3 columns have the same value"]);
  });

  it("tells of every line of all runs which run it is about", () => {
    expect(seen.page.all).toEqual([
      "at work: Validate data done in 0.05 s",
      "at work: 3 columns have the same value",
      "ended finished in 3 s",
      "ended: 10 classes",
      "20261122-090000-0000002c: 2 columns are empty",
      "Health went from green to yellow",
    ]);
  });

  it("has one figure for a run, in the list and above it", () => {
    expect(seen.page.figures.seen.length).toBeGreaterThan(4);
    expect(seen.page.figures.different).toEqual([]);
  });

  it("draws a score in the same frame that tells it", () => {
    expect(seen.page.chart.captions.map((caption) => caption.split(";")[0])).toEqual([
      "Accuracy on validation rows: 0.7000 at step 3",
      "Accuracy on validation rows: 0.9000 at step 4",
      "Accuracy on validation rows: 0.9500 at step 5",
    ]);
    expect(seen.page.chart.inStep).toEqual([true, true, true]);
  });
});

describe("the panel of everything", () => {
  it("has the order of the page, and whole names and notes where it is narrow", () => {
    expect(seen.narrow.order).toEqual(ORDER);
    expect(seen.narrow.notes.at(-1)).toBe("Completed · stopped at step 1,371 of 30,000");
    expect(seen.narrow.cut).toEqual([]);
    expect(seen.narrow.isWithin).toBe(true);
    expect(seen.narrow.told[1]).toBe("at work: 3 columns have the same value");
  });
});

describe("the small panel of an older run", () => {
  it("asks for that run's own lines, once", () => {
    expect(seen.older.told).toEqual(["own 5", "own 4", "own 3"]);
    expect(seen.older.asked).toHaveLength(1);
  });

  it("leaves no gap where there are none", () => {
    expect(seen.silent.lists).toBe(0);
    expect(seen.silent.asked).toHaveLength(1);
  });
});
