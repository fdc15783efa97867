import { describe, expect, it } from "vitest";
import { targetOf } from "../../src/lab/targets";
import { NOW } from "../../src/page/places";
import { runNamed, viewOf } from "./views";

const FIRST = runNamed("20261122-1", { queued_time: "2026-11-22T10:00:01.000Z" });
const SECOND = runNamed("20261122-2", { queued_time: "2026-11-22T10:00:02.000Z" });
const QUEUED = runNamed("20261122-3", { status: "queued" });
const ENDED = runNamed("20261122-4", { status: "completed" });
const ALL = viewOf([FIRST, SECOND, QUEUED, ENDED]);

const at = (runId: string) => ({ at: "now", runId }) as const;

describe("what a command is about", () => {
  it("is the run that is named, and no other", () => {
    expect(targetOf("stop", ALL, SECOND.run_id, NOW)).toBe(SECOND);
    expect(targetOf("stop", ALL, ENDED.run_id, NOW)).toBeNull();
    expect(targetOf("stop", ALL, "unknown", NOW)).toBeNull();
  });

  it("is the run that is shown, where the command fits it", () => {
    expect(targetOf("stop", ALL, null, at(SECOND.run_id))).toBe(SECOND);
    expect(targetOf("stop", ALL, null, at(ENDED.run_id))).toBe(FIRST);
    expect(targetOf("copy-link", ALL, null, at(ENDED.run_id))).toBe(ENDED);
  });

  it("is else the first at work, then the first in the queue, then the newest", () => {
    expect(targetOf("cancel", ALL, null, NOW)).toBe(FIRST);
    expect(targetOf("cancel", viewOf([QUEUED, ENDED]), null, NOW)).toBe(QUEUED);
    expect(targetOf("copy-link", viewOf([ENDED]), null, NOW)).toBe(ENDED);
  });

  it("is nothing where the command would do nothing", () => {
    expect(targetOf("stop", viewOf([QUEUED, ENDED]), null, NOW)).toBeNull();
    expect(targetOf("stop", viewOf([runNamed("one", { status: "stopping" })]), null, NOW)).toBeNull();
    expect(targetOf("cancel", viewOf([ENDED]), null, NOW)).toBeNull();
    expect(targetOf("copy-link", viewOf([]), null, NOW)).toBeNull();
  });

  it("is nothing that a server which does not answer would have to do", () => {
    const offline = viewOf([FIRST], { connection: "offline" });
    expect(targetOf("stop", offline, null, NOW)).toBeNull();
    expect(targetOf("copy-link", offline, null, NOW)).toBe(FIRST);
  });
});
