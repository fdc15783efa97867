/** Before anything is heard there are outlines, and what comes stands where they stood. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Shown {
  before: Record<string, number | null>;
  after: Record<string, number | null>;
  words?: string;
  left: number;
}

interface Seen {
  panels: Record<string, Shown>;
  page: Shown;
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("loading")) as Seen;
}, 60_000);

describe("what is awaited", () => {
  it.each(["330", "500", "880"])("keeps the place of a run in a panel, %s px wide", (width) => {
    const { before, after, words, left } = seen.panels[width]!;
    expect(Object.values(before)).not.toContain(null);
    expect(after).toEqual(before);
    expect(words).toBe("Loading the run…");
    expect(left).toBe(0);
  });

  it("keeps the places of the list and of the run on the page", () => {
    const { before, after, left } = seen.page;
    expect(Object.values(before)).not.toContain(null);
    expect(after).toEqual(before);
    expect(left).toBe(0);
  });
});
