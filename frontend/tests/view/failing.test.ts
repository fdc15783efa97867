/** A part that fails does not take the rest with it. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

describe("a component that throws", () => {
  let seen: { broken: string; alerts: number; again: string; mended: string; panel: string };
  beforeAll(async () => {
    seen = (await inChromium("failing")) as typeof seen;
  }, 60_000);

  it("is replaced by what failed, and the rest goes on", () => {
    expect(seen.broken).toContain("The figure cannot be shown. TypeError: no such figure");
    expect(seen.broken).toContain("the rest");
    expect(seen.alerts).toBe(2);
  });

  it("is caught in an effect as well", () => {
    expect(seen.broken).toContain("The plot cannot be shown. Error: no such plot");
  });

  it("is tried again when a person asks, and shown once it holds", () => {
    expect(seen.again).toContain("The figure cannot be shown");
    expect(seen.mended).not.toContain("The figure cannot be shown");
    expect(seen.mended).toContain("a figure");
  });

  it("leaves the panel around it in place, small and open", () => {
    expect(seen.panel.match(/Stages cannot be shown/g)).toHaveLength(2);
    for (const words of ["Was running", "digits", "50 %", "Live score", "Activity", "Stop"]) {
      expect(seen.panel).toContain(words);
    }
  });
});
