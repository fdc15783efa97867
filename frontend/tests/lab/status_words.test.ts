import { describe, expect, it } from "vitest";
import { statusWords, type StatusWords } from "../../src/lab/status_words";
import { runNamed, viewOf } from "./views";

const TIMED = { estimated_remaining: 130, estimated_range: [105, 250], elapsed_time: 60 };

function wordsOf(...view: Parameters<typeof viewOf>): StatusWords {
  return statusWords({ view: viewOf(...view), progressOf: (run) => run.progress, sinceOf: () => 5 });
}

describe("the status item", () => {
  it("says of the run at work how far it is and how long it is likely to take", () => {
    const { run, health, isStale } = wordsOf([runNamed("digits", TIMED)]);
    expect(run).toMatchObject({ runId: "digits", name: "digits", percent: "40 %", left: "~2 to 4 min left" });
    expect([health, isStale]).toEqual(["green", false]);
  });

  it("says nothing of the time while that is not known", () => {
    expect(wordsOf([runNamed("digits")]).run?.left).toBe("");
  });

  it("is a mark and no more while nothing is going on", () => {
    const words = wordsOf([runNamed("done", { status: "completed" })]);
    expect([words.run, words.more]).toEqual([null, ""]);
    expect(words.title).toBe("No training is going on\nMachine healthy");
  });

  it("counts what goes on besides, and names it on demand", () => {
    const words = wordsOf([runNamed("one"), runNamed("two"), runNamed("three", { status: "queued" })]);
    expect(words.more).toBe("+2");
    expect(words.title).toContain("two, 40 %\nthree, queued");
    expect(wordsOf([runNamed("three", { status: "queued" })]).more).toBe("1 queued");
  });

  it("says the reasons where the machine is not healthy", () => {
    const words = wordsOf([], { health: "yellow" });
    expect(words.health).toBe("yellow");
    expect(words.title).toContain("Machine strained: memory at 84 %");
  });

  it("passes nothing old for current", () => {
    const words = wordsOf([runNamed("digits", TIMED)], { connection: "offline" });
    expect([words.isStale, words.health]).toEqual([true, null]);
    expect(words.run).toMatchObject({ percent: "", progress: null, left: "offline" });
    expect(wordsOf([runNamed("digits", TIMED)], { connection: "denied" }).run?.left).toBe("denied");
    expect(words.title).toContain("The server does not answer");
  });

  it("is not there where the server has not the extension", () => {
    expect(wordsOf([], { connection: "absent" }).isHidden).toBe(true);
    expect(wordsOf([], { connection: "live" }).isHidden).toBe(false);
  });

  it("says that a run has stalled in place of its time", () => {
    const stalled = runNamed("digits", { ...TIMED, stalled: { since: "2026-11-22T10:00:00.000Z", reason: "silent", silent_s: 900 } });
    expect(stalled.stalled).not.toBeNull();
    expect(wordsOf([stalled]).run).toMatchObject({ left: "stalled", isStalled: true });
  });

  it("cuts a long name, and says it whole on demand", () => {
    const name = "a name that is much too long for one line";
    const words = wordsOf([runNamed(name)]);
    expect(words.run?.name.length).toBe(24);
    expect(words.title).toContain(name);
  });
});
