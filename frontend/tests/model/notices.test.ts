import { describe, expect, it } from "vitest";
import { isToldIn, noticeOfChange, noticeWithinRun } from "../../src/model/notices";
import { readRun } from "../../src/model/reading";
import type { RunState } from "../../src/model/wire";

const SINCE = "2026-11-22T10:00:00.000Z";

function run(more: Record<string, unknown> = {}): RunState {
  const known = { run_id: "20261122-100000-0000002a", name: "digits", status: "running" };
  return readRun({ ...known, updated_time: "2026-11-22T10:03:20.000Z", ...more })!;
}

describe("a stall", () => {
  const stalled = run({ stalled: { since: SINCE, uses_cpu: true } });

  it("is told once, in words", () => {
    const told = noticeOfChange(run(), stalled);
    expect(told).toMatchObject({
      key: `stall ${stalled.run_id} ${SINCE}`,
      level: "warning",
      title: "digits has stalled",
      text: "Nothing heard for 3 min 20 s, though it still computes",
    });
    expect(noticeOfChange(stalled, stalled)).toBeNull();
    expect(noticeOfChange(undefined, stalled)).toBeNull(); // it had before this view came
  });

  it("is told again when it comes again", () => {
    const again = run({ stalled: { since: "2026-11-22T11:00:00.000Z" } });
    expect(noticeOfChange(run(), again)?.key).not.toBe(noticeOfChange(run(), stalled)?.key);
  });

  it("is told in the panel of its run without the name that stands there", () => {
    const told = noticeOfChange(run(), stalled)!;
    expect(isToldIn(told, stalled)).toBe(true);
    expect(isToldIn(told, run({ run_id: "20261122-100000-0000002b" }))).toBe(false);
    expect(noticeWithinRun(told, stalled).title).toBe("Stalled");
  });
});
