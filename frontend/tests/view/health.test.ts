/** The place for health, as it is seen: an hour of figures, read by pointer, by keys and as a table. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  hour: Record<string, unknown> & { words: string[]; pointed: unknown[][]; table: string[][] };
  refused: { refused: { problem: string; memory: string }; isDrawn: boolean; offline: string };
  cards: string[];
  denied: string[];
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("health")) as Seen;
}, 60_000);

describe("the place for health", () => {
  it("has a line for each figure that this machine tells, below the stages of the run at work", () => {
    expect(seen.hour["rows"]).toEqual([
      "digits", "CPU", "Memory", "Disk", "GPU", "Event loop lag", "REST response", "Socket response", "Network",
    ]); // prettier-ignore
    expect(seen.hour["stages"]).toEqual(["Load", "Train"]);
    expect(seen.hour["boundaries"]).toBe(2);
    expect(seen.hour["markup"]).toBe(0);
  });

  it("draws the thresholds that the server tells, with the colours above them, and none out of sight", () => {
    expect(seen.hour["limits"]).toEqual(["80", "92"]);
    expect(seen.hour["lagLimits"]).toBe(1);
    expect(seen.hour["stops"]).toEqual([
      "jpp-stop-plain 0.80", "jpp-stop-yellow 0.80", "jpp-stop-yellow 0.92", "jpp-stop-red 0.92",
    ]); // prettier-ignore
    expect(seen.hour["lag"]).toBe("yellow from 0.25 s, red from 2 s");
  });

  it("leaves the line open where nothing is known", () => {
    expect(seen.hour["stretches"]).toBe(2);
  });

  it("says the reason beside its line, and what the colour is owed to", () => {
    expect(seen.hour["memory"]).toBe("84 %");
    expect(seen.hour["reason"]).toBe("memory at 84 % (yellow from 80 %) 8.00 GB of 10.0 GB");
    expect(seen.hour["verdict"]).toMatch(/Machine strained\s*because of memory/);
  });

  it("goes on with live figures, and asks again only where it has missed some", () => {
    expect(seen.hour["live"]).toEqual({ memory: "60 %", asked: 1 });
    expect(seen.hour["askedAgain"]).toBe(1);
  });

  it("reads all lines at one moment, by keys and in words", () => {
    const [left, page, home, escape] = seen.hour.words;
    expect(left).toMatch(/: CPU .*, Memory .*, digits in Train$/);
    expect(page).toMatch(/Memory 50 %/);
    expect(home).toMatch(/CPU 30 %/);
    expect(home).not.toContain("digits in");
    expect(escape).toMatch(/^Now: CPU 40 %, Memory 60 %/);
  });

  it("reads them by pointer: values, stage and a line in each row; and nothing where nothing is known", () => {
    const rows = (seen.hour["rows"] as string[]).length - 1;
    expect(seen.hour.pointed).toEqual([
      ["95 %", "Train", rows],
      ["–", "", rows],
      ["50 %", "", rows],
    ]);
    expect(seen.hour["afterwards"]).toBe(0);
  });

  it("has the same as a table", () => {
    expect(seen.hour.table[0]).toEqual(["CPU", "40 %", "30 %", "30 %", "40 %", "–"]);
    expect(seen.hour.table[1]!.slice(0, 3)).toEqual(["Memory", "60 %", "50 %"]);
    expect(seen.hour.table[1]![5]).toBe("1 min 45 s");
  });

  it("has the stretch of time in its address", () => {
    expect(seen.hour["hash"]).toBe("#health?minutes=5");
    expect(seen.hour["pressed"]).toEqual(["5 min"]);
  });
});

describe("graphics cards", () => {
  it("are told apart by their numbers, each with what it tells", () => {
    expect(seen.cards).toEqual(["GPU 0 93 % A100", "GPU 0 mem. 25 % 10.0 GB of 40.0 GB", "GPU 1 – A100"]);
  });
});

describe("what goes wrong", () => {
  it("is said: a refused hour, with live figures all the same, and another try", () => {
    expect(seen.refused.refused.problem).toMatch(/could not be loaded\. Too many requests; ask again in 2 s/);
    expect(seen.refused.refused.memory).toBe("84 %");
    expect(seen.refused.isDrawn).toBe(true);
  });

  it("is said: since when nothing was measured", () => {
    expect(seen.refused.offline).toMatch(/^Last measured at .*, \d+ s ago$/);
  });

  it("is said where the page is denied", () => {
    expect(seen.denied.join(" ")).toMatch(/The server refuses this page.*Log in again/s);
  });
});
