import { expect, it } from "vitest";
import { isLongSilent, retryWords } from "../../src/model/retrying";

it.each([
  [{ at: 9200, triedAt: 5000, waitMs: 5000 }, 5300, "Next attempt in 4 s"],
  [{ at: 9200, triedAt: 5000, waitMs: 5000 }, 9100, "Next attempt in 1 s"],
  [{ at: null, triedAt: 9200, waitMs: 5000 }, 9300, "Trying now"],
  [{ at: null, triedAt: 9200, waitMs: 5000 }, 12_900, "Waiting for an answer for 3 s"],
  // What comes every second is not counted down.
  [{ at: 6000, triedAt: 5000, waitMs: 1000 }, 5300, "Tried again every second"],
  [{ at: null, triedAt: 6000, waitMs: 1000 }, 6010, "Tried again every second"],
])("puts %j at %i as %s", (retry, now, words) => {
  expect(retryWords(retry, now)).toBe(words);
});

it("has patience with a cut of a moment", () => {
  expect(isLongSilent(0, 4000)).toBe(false);
  expect(isLongSilent(0, 5001)).toBe(true);
  expect(isLongSilent(-Infinity, 0)).toBe(true);
});
