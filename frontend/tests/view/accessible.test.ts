/** Every state of panel and page passes axe, in both themes: names, roles, contrast, focus. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Found {
  state: string;
  theme: string;
  violations: string[];
}

interface Seen {
  found: Found[];
}

const PANELS = [
  "running", "queued", "stalled", "failed", "completed", "offline", "denied", "absent", "unknown", "waiting",
  "everything", "nothing",
]; // prettier-ignore
const PLACES = ["", "history", "models", "health", "activity"].map((place) => `page #${place}`);

describe("axe finds nothing in", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("accessible")) as Seen;
  }, 180_000);

  it.each([...PANELS, ...PLACES])("%s", (state) => {
    const own = seen.found.filter((found) => found.state === state);
    expect(own.map(({ theme }) => theme)).toEqual(["light", "dark"]);
    expect(own.flatMap(({ theme, violations }) => violations.map((words) => `${theme}: ${words}`))).toEqual([]);
  });
});
