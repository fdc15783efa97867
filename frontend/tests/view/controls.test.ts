/** The controls work over every connection, and say why not where there is none. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Button {
  words: string;
  isDisabled: boolean;
  why: string | null;
  title: string;
}

interface Seen {
  offline: Record<"stop" | "cancel" | "add", Button>;
  askedOffline: number;
  polling: Button;
  pending: Button;
  askedTwice: number;
  refused: string;
  cancelling: Button;
  deploy: Button;
  deployOffline: Button;
  oneCall: string;
  askedOfOneCall: number;
  dropped: string;
  observedOneCall: string;
  observedForest: string;
  observedBetween: string;
  resume: Button;
  resumeFunction: Button;
  resuming: Button;
  askedLast: string;
  buttons: string[];
}

const WHY = "The server does not answer; this works again once it does.";

describe("the controls", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("controls")) as Seen;
  }, 60_000);

  it.each(["stop", "cancel", "add"] as const)("say offline why they do not work: %s", (name) => {
    expect(seen.offline[name]).toMatchObject({ isDisabled: true, why: WHY, title: WHY });
  });

  it("ask for nothing while offline", () => {
    expect(seen.askedOffline).toBe(0);
  });

  it("work while polling", () => {
    expect(seen.polling).toMatchObject({ isDisabled: false, why: null });
  });

  it("say what is under way, and do not ask for it twice", () => {
    expect(seen.pending).toMatchObject({ words: "Stopping…", isDisabled: true });
    expect(seen.askedTwice).toBe(1);
    expect(seen.cancelling).toMatchObject({ words: "Cancelling…", isDisabled: true });
  });

  it("show the words of a refusal beside the button", () => {
    expect(seen.refused).toBe("There is nothing to keep yet");
  });

  it("offer to wait for a fit that is one call, or to cancel it", () => {
    expect(seen.oneCall).toContain("This fit cannot be stopped halfway.");
    expect(seen.askedOfOneCall).toBe(2); // the stop and the cancel before
    expect(seen.dropped).toBe("cancel");
  });

  it("offer the same in each fit that is observed, whatever its stage is called", () => {
    expect(seen.observedOneCall).toBe("Stop…");
    expect(seen.observedForest).toBe("Stop");
    expect(seen.observedBetween).toBe("Stop");
  });

  it("offer to resume what is resumable, and nothing else that has failed", () => {
    expect(seen.resume).toMatchObject({ words: "Resume", isDisabled: false });
    expect(seen.resuming).toMatchObject({ words: "Resuming…", isDisabled: true });
    expect(seen.askedLast).toBe("resume");
    expect(seen.buttons).toEqual([]);
  });

  it("say what a resumed run begins from, and claim no checkpoint of a function", () => {
    expect(seen.resume.title).toContain("start again where the estimator has none");
    expect(seen.resumeFunction.title).toBe("Call the function again, with the same arguments and what it has left in its checkpoint_dir");
  });

  it("name no server to a panel that may have none", () => {
    expect(seen.resuming.why).toBe("This run is being resumed");
    expect(seen.cancelling.why).toBe("This run is being cancelled");
  });

  it("offer to deploy what is completed, and stop offering it with the connection", () => {
    expect(seen.deploy).toMatchObject({ words: "Deploy", isDisabled: false });
    expect(seen.deployOffline).toMatchObject({ isDisabled: true, why: WHY });
  });
});
