import { describe, expect, it } from "vitest";
import { turnOf, type Standing } from "../../src/model/turns";

const BEHIND: Standing = { isLookedAt: false, isVisible: false, isInSight: true, canShow: true, canNotify: false };
const VISIBLE: Standing = { ...BEHIND, isVisible: true };
const LOOKED_AT: Standing = { ...VISIBLE, isLookedAt: true };

describe("of the views of a browser", () => {
  it("the one that is looked at goes first, whether the browser may tell or not", () => {
    expect(turnOf(LOOKED_AT)).toEqual({ by: "page", afterMs: 0 });
    expect(turnOf({ ...LOOKED_AT, canNotify: true })).toEqual({ by: "page", afterMs: 0 });
  });

  it("one beside it that is scrolled out of sight goes next, and before all that nobody looks at", () => {
    const out = turnOf({ ...LOOKED_AT, isInSight: false })!;
    const behind = [turnOf(VISIBLE)!, turnOf({ ...BEHIND, canNotify: true })!];
    expect(out.by).toBe("page");
    expect(out.afterMs).toBeGreaterThan(0);
    for (const { afterMs } of behind) expect(afterMs).toBeGreaterThan(out.afterMs);
  });

  it("the browser tells where it may and nobody looks", () => {
    expect(turnOf({ ...BEHIND, canNotify: true })?.by).toBe("browser");
    expect(turnOf({ ...VISIBLE, canNotify: true })?.by).toBe("browser");
    expect(turnOf({ ...BEHIND, canShow: false, canNotify: true })?.by).toBe("browser");
  });

  it("a window behind others tells where the browser may not, and a tab that nobody sees waits", () => {
    expect(turnOf(VISIBLE)?.by).toBe("page");
    expect(turnOf(BEHIND)).toBeNull();
  });

  it("a line without a place for it never tells on the page", () => {
    expect(turnOf({ ...LOOKED_AT, canShow: false })).toBeNull();
    expect(turnOf({ ...VISIBLE, canShow: false })).toBeNull();
  });
});
