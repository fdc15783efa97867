/** A panel on the screen shows what comes after its run's own state has stopped changing. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  ended: { before: string; deployed: string; noted: string; charts: number; words: string; uptimes: string[] };
  queued: { before: string; strained: string };
}

describe("a panel whose run does not change", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("keeping_up")) as Seen;
  }, 60_000);

  it("shows that the run's model was put in service", () => {
    expect(seen.ended.before).toMatch(/\bDeploy\b/);
    expect(seen.ended.deployed).not.toMatch(/\bDeploy\b/);
    expect(seen.ended.deployed.match(/digits version 1 is in service/g)?.length).toBeGreaterThan(1);
  });

  it("shows a note that was added later", () => {
    expect(seen.ended.noted).toContain("kept for later · ada");
  });

  it("shows a finished run's chart when its details are opened for the first time", () => {
    expect(seen.ended.charts).toBe(1);
    expect(seen.ended.words).not.toContain("no scores");
  });

  it("shows the machine's newest figures", () => {
    expect(seen.ended.uptimes).toEqual(["1 min 05 s", "2 min 10 s"]);
    expect(seen.queued.before).not.toContain("memory at 84 %");
    expect(seen.queued.strained).toContain("memory at 84 %");
  });
});
