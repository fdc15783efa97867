/** An end is told once on a page, however many panels show the run. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

let seen: { alone: number[]; beside: number[] };
beforeAll(async () => {
  seen = (await inChromium("notices")) as typeof seen;
}, 60_000);

describe("the end of a run that three panels show", () => {
  it("is told by one of them", () => {
    expect(seen.alone).toEqual([1, 1, 1]);
  });

  it("is told by none where Jupyter's own notifications tell it", () => {
    expect(seen.beside).toEqual([0, 0, 0]);
  });
});
