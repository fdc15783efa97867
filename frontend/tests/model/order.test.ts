import { describe, expect, it } from "vitest";
import { goingOn } from "../../src/model/order";
import { readRun } from "../../src/model/reading";
import type { RunState } from "../../src/model/wire";

function run(name: string, status: string, queued: string | null, started: string | null = null): RunState {
  return readRun({ run_id: name, name, status, queued_time: queued, start_time: started })!;
}

describe("the runs that go on", () => {
  it("are those at work, and then the queue as the server takes it", () => {
    const runs = [
      run("d", "queued", "2026-11-22T10:00:04.000Z"),
      run("a", "queued", "2026-11-22T10:00:05.000Z"),
      run("e", "completed", "2026-11-22T10:00:00.000Z"),
      run("c", "stopping", "2026-11-22T10:00:02.000Z"),
      run("b", "running", null, "2026-11-22T10:00:03.000Z"),
      run("f", "queued", "2026-11-22T10:00:04.000Z"),
    ];
    expect(goingOn(runs).map(({ name }) => name)).toEqual(["c", "b", "d", "f", "a"]);
  });

  it("keep their places when one's turn comes", () => {
    const next = run("n", "queued", "2026-11-22T10:00:01.000Z");
    const later = run("l", "queued", "2026-11-22T10:00:02.000Z");
    expect(goingOn([later, next])).toEqual([next, later]);
    const begun = { ...next, status: "running" as const };
    expect(goingOn([later, begun])).toEqual([begun, later]);
  });
});
