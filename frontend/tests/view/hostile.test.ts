/** Whatever stands in a notebook, its cell shows a panel or a clear line of words. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

describe("an output that anybody may have written", () => {
  let seen: Record<string, string> & { typed: string[] };
  let unloadable: typeof seen;
  beforeAll(async () => {
    seen = (await inChromium("hostile")) as typeof seen;
    unloadable = (await inChromium("hostile", "./missing.js")) as typeof seen;
  }, 120_000);

  it.each(["nothing", "text", "list", "unknownVersion", "wrongId"])("is called damaged: %s", (name) => {
    expect(seen[name]).toMatch(/^There is nothing to show here: this output is damaged/);
  });

  it("of a newer format says what to upgrade", () => {
    expect(seen["newer"]).toMatch(/^This output is of format 2, .*: upgrade it where Jupyter is installed/);
  });

  it("with a field of a wrong type shows the rest of the run", () => {
    expect(seen.typed.length).toBe(80);
    for (const words of seen.typed) {
      expect(words).toMatch(/Progress/);
      expect(words).not.toMatch(/undefined|NaN|\[object|cannot be shown/);
    }
  });

  it.each(["nested", "long", "deep", "activity", "good"])("is shown without a failing part: %s", (name) => {
    expect(seen[name]).toMatch(/Progress/);
    expect(seen[name]).not.toMatch(/undefined|NaN|\[object|cannot be shown/);
  });

  it("is shown as text, never as markup", () => {
    expect(seen["markup"]).toContain("<img src=x onerror=alert(1)>");
  });

  it("says so where the view itself cannot be loaded", () => {
    expect(unloadable["good"]).toMatch(/^This run cannot be shown \(.+\)\. Reload the page to try again\.$/);
  });
});
