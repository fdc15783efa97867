/** Numbers change in place: nothing is wider, higher or elsewhere for them. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  moments: number;
  moved: Record<string, string[]>;
  digits: Record<string, number[]>;
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("numbers")) as Seen;
}, 180_000);

describe("while a run goes on for fifty reports", () => {
  it.each(["panel of 330 px", "panel of 880 px", "list of 330 px", "page of 900 px"])(
    "nothing moves in a %s",
    (where) => {
      expect(seen.moments).toBe(50);
      expect(seen.moved[where]).toEqual([]);
    },
  );

  it("has digits of one width wherever they stand", () => {
    expect(Object.keys(seen.digits)).toHaveLength(5);
    for (const widths of Object.values(seen.digits)) expect(new Set(widths).size).toBe(1);
  });
});
