/** What a panel says of a run is true of that run: how it ended, why it waits, what is not there. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Told {
  small: string;
  opened: string;
  bar: string | null;
  aria: string | null;
}

type Panels = "stopped" | "ownStopped" | "whole" | "queued" | "next" | "alone" | "strained" | "endedStrained" | "hasty" | "failed" | "stalled" | "died" | "limited" | "early" | "unrestored" | "timed";
type Words = "stoppedRow" | "stalledRow" | "cancelled" | "ownLoop" | "ownFunction" | "unkept" | "silent" | "broken" | "untested" | "longName";
type Seen = Record<Panels, Told> & Record<Words, string>;

describe("the view tells", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("telling")) as Seen;
  }, 60_000);

  it("how far a run came that was stopped: in the header, the figures and the list", () => {
    const { small, aria, bar } = seen.stopped;
    expect(small).toMatch(/Completed\s+· stopped at step 371 of 30,000/);
    expect(small).toMatch(/Progress\s+1 % stopped/);
    expect(small).toContain("Stopped at step 371 of 30,000, as asked");
    expect(aria).toBe("1");
    expect(bar).toMatch(/^scaleX\(0\.012/);
    expect(seen.stoppedRow).toContain("Completed · stopped at step 371 of 30,000");
    expect(seen.ownStopped.small).toContain("stopped at step 7 of 20");
    expect(seen.stopped.small).toContain("as asked; what it had by then was kept");
    expect(seen.ownStopped.small).not.toContain("kept");
    expect(seen.ownStopped.aria).toBe("35");
  });

  it("why it was stopped: by its time limit, or because its score rose no more", () => {
    expect(seen.limited.small).toContain("Stopped at step 371 of 30,000, at its time limit");
    expect(seen.early.small).toMatch(/Completed\s+· stopped early at step 140, best at 90/);
    expect(seen.early.small).toContain("for its score rose no more; the model of its best step was kept");
    expect(seen.unrestored.small).toContain("for its score rose no more; the model of its last step was kept");
    expect(seen.timed.small).toMatch(/Elapsed\s+\S+.* time limit 5 min 00 s/);
  });

  it("nothing of a stop where a run did all its steps", () => {
    expect(seen.whole.small).not.toContain("topped");
    expect(seen.whole.small).toContain("All 3 stages done");
    expect(seen.whole.aria).toBe("100");
  });

  it("what a queued run waits for, its place in line and how long it has waited", () => {
    const { small } = seen.queued;
    expect(small).toContain("2nd in the queue: waits for 2 runs ahead of it; 1 at a time is the server's setting");
    expect(small).toMatch(/Waiting\s+4[2-5] s/);
    expect(seen.next.small).toContain("Starts in a moment");
    expect(seen.alone.small).toContain("Starts in a moment");
  });

  it("nothing that does not apply to a run that never began", () => {
    expect(seen.cancelled).toContain("Cancelled before it began");
    for (const words of ["no scores", "No scores", "Live score", "This run", "Output"]) {
      expect(seen.cancelled).not.toContain(words);
    }
  });

  it("nothing of estimators, tests and workers to a loop of one's own", () => {
    for (const words of ["estimator", "held out", "Test results", "worker", "Output", "Live score"]) {
      expect(seen.ownLoop).not.toContain(words);
    }
  });

  it("the metric that a loop of one's own logs", () => {
    expect(seen.ownLoop).toMatch(/Loss\s+0\.2000/);
  });

  it("what a function returned and printed, and offers no model of it", () => {
    expect(seen.ownFunction).toMatch(/Loss\s+0\.2000/);
    expect(seen.ownFunction).toContain("Returned 0.25");
    expect(seen.ownFunction).toContain("Output");
    for (const words of ["estimator", "Test results", "Deploy", "in service", "Live score"]) {
      expect(seen.ownFunction).not.toContain(words);
    }
    expect(seen.unkept).toContain("Not kept: it cannot be pickled");
  });

  it("what an estimator and a split did not give", () => {
    expect(seen.silent).toContain("This estimator showed no scores while it was trained.");
    expect(seen.broken).toContain("No score was measured before the run ended.");
    expect(seen.untested).toContain("No rows were held out for a test.");
  });

  it("the machine's state as the machine's, and never as that of a run that has ended", () => {
    expect(seen.strained.small).toMatch(/Machine strained\s*CPU averaged 98 % over the last 30 s/);
    expect(seen.endedStrained.small).not.toContain("strained");
    expect(seen.endedStrained.opened).toContain("Machine health now");
    expect(seen.stoppedRow).toContain("Machine healthy");
  });

  it("that nothing is heard of a run for too long, and where it waits", () => {
    expect(seen.stalled.small).toMatch(/Stalled: nothing heard for 3 min [12]\d s, and it uses no CPU.*deadlock/);
    expect(seen.stalled.small).not.toContain("loop.py");
    expect(seen.stalled.opened).toContain("loop.py");
    expect(seen.stalledRow).toMatch(/Stalled · \d+ %/);
  });

  it("what a worker printed last that died", () => {
    expect(seen.died.small).not.toContain("the last line");
    expect(seen.died.opened).toMatch(/The last that it printed:\s+the last line/);
  });

  it("no green that the gauge below denies", () => {
    expect(seen.hasty.opened).toContain("CPU is at 99 % now, and averaged 52 % over the last 30 s");
    expect(seen.hasty.opened).not.toContain("Nothing is over its threshold");
  });

  it("a failure's message once", () => {
    expect(seen.failed.small.match(/no column 'age'/g)).toHaveLength(1);
    expect(seen.failed.small).toContain("Failed in Train");
    expect(seen.failed.opened.match(/no column 'age'/g)).toHaveLength(1);
  });

  it("what happened to a run with a long name, and not its name alone", () => {
    expect(seen.longName).toContain("a name that goes on and on…: Train done in 4 s");
  });
});
