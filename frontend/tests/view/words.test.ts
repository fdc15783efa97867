/** What a view says in words, beside its marks and figures. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  absent: string;
  absentWithRun: string;
  whyNot: string | null;
  told: { words: string; code: string[] };
  markup: number;
  early: string;
  stepless: string;
  estimated: string;
  stepped: string;
  done: string;
  polling: string;
  live: string;
}

const WITHOUT_STEPS = "no inner progress yet, and there may be none; time left";

describe("the view", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = (await inChromium("words")) as Seen;
  }, 60_000);

  it("says what to install where the server lacks the extension", () => {
    for (const words of [seen.absent, seen.absentWithRun]) {
      expect(words).toContain("does not run jupyter-progress");
      expect(words).toContain("python -m pip install jupyter-progress");
      expect(words).toContain("restart Jupyter");
    }
    expect(seen.absentWithRun).toContain("saved earlier");
    expect(seen.absent).not.toContain("saved earlier");
    expect(seen.absent).not.toContain("No run yet");
    expect(seen.whyNot).toContain("does not run jupyter-progress");
  });

  it("says instead what the kernel knows of that server, as text", () => {
    expect(seen.told.words).toContain("The Jupyter server runs /opt/lab/bin/python <b>");
    expect(seen.told.code).toEqual(["/opt/lab/bin/python -m pip install jupyter-progress"]);
    expect(seen.markup).toBe(0);
  });

  it("says that an estimator shows no inner progress, after a while and until it shows some", () => {
    expect(seen.early).not.toContain("inner progress");
    expect(seen.stepless).toContain(`${WITHOUT_STEPS} not known`);
    expect(seen.estimated).toContain(`${WITHOUT_STEPS} judged by earlier runs`);
    expect(seen.stepped).not.toContain("inner progress");
    expect(seen.done).not.toContain("step 1 of 1");
  });

  it("says how old what it shows is while polling", () => {
    expect(seen.polling).toMatch(/^Polling · last update \d s ago$/);
    expect(seen.live).toBe("Live");
  });
});
