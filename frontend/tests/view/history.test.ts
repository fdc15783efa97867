/** The history in a browser: thousands of runs as one table, found, ordered, changed and compared. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  scrolling: {
    first: { names: string[]; drawn: number; rowCount: string };
    end: { index: string; most: number; pages: number; isInSight: boolean };
    led: string[];
  };
  finding: {
    linked: { words: string; first: string; said: string };
    found: { hash: string; names: string[] };
    ordered: { names: string[]; header: string; hash: string };
    nothing: string;
    cleared: string;
    asked: number;
  };
  changing: {
    refused: { name: string; said: string };
    renamed: string;
    tagged: string[];
    others: { renamed: boolean; deleted: boolean };
    question: string;
    focused: string;
    left: string[];
    said: string;
    total: string;
  };
  comparing: { alone: string; heads: string[]; best: string[]; matrices: number; hash: string; left: number };
  narrow: { isCards: boolean; isWithin: boolean; height: number; words: string[]; order: string };
  failing: { none: string; refused: string; offline: string; rows: number };
  faults: Record<string, string[]>;
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("history")) as Seen;
}, 120_000);

describe("three thousand runs", () => {
  it("are one table, of which only what is in sight is drawn", () => {
    expect(seen.scrolling.first).toMatchObject({ names: ["run 2999", "run 2998", "run 2997"], rowCount: "3001" });
    expect(seen.scrolling.first.drawn).toBeLessThan(60);
    expect(seen.scrolling.end.most).toBeLessThan(80);
  });

  it("are loaded as one scrolls, each page once, to the last", () => {
    expect(seen.scrolling.end).toMatchObject({ index: "3001", pages: 16, isInSight: true });
  });

  it("are gone through by the keyboard", () => {
    const [down, page, end, up, home] = seen.scrolling.led;
    expect([down, end, up, home]).toEqual(["run 2998", "run 0", "run 1", "run 2999"]);
    expect(Number(page!.slice(4))).toBeLessThan(2990);
  });
});

describe("runs are found", () => {
  it("as the address says", () => {
    expect(seen.finding.linked).toMatchObject({ words: "run 29", first: "run 2999" });
    expect(seen.finding.linked.said).toContain("111 runs found");
  });

  it("by words, which the address then has", () => {
    expect(seen.finding.found.hash).toBe("#history?q=run+123");
    expect(seen.finding.found.names).toHaveLength(11);
    expect(seen.finding.asked).toBe(2); // once, and once more in another order
  });

  it("in an order that its header tells", () => {
    expect(seen.finding.ordered.names).toEqual(["run 123", "run 1230", "run 1231"]);
    expect(seen.finding.ordered).toMatchObject({ header: "Run", hash: "#history?q=run+123&sort=name" });
  });

  it("or it is said that there is none, with a way back", () => {
    expect(seen.finding.nothing).toContain("No run fits all of this.");
    expect(seen.finding.cleared).toBe("#history?sort=name");
  });
});

describe("runs are changed", () => {
  it("at once, and back where it is refused, with the words of the refusal", () => {
    expect(seen.changing.refused.name).toBe("run 2975");
    expect(seen.changing.refused.said).toBe("run 2975 keeps its name: This name is taken elsewhere");
    expect(seen.changing.renamed).toBe("26");
  });

  it("many at a time", () => {
    expect(seen.changing.tagged).toEqual(["run 2990", "run 2978", "best of all"]);
  });

  it("by others, too", () => {
    expect(seen.changing.others).toEqual({ renamed: true, deleted: true });
  });

  it("and deleted only after a question that names them, whose first answer keeps them", () => {
    expect(seen.changing.question).toContain("Delete these 3 runs for good: run 2990, run 2978, best of all?");
    expect(seen.changing.focused).toBe("Keep them");
    expect(seen.changing.left).toEqual([]);
    expect(seen.changing.said).toBe("3 runs deleted.");
    expect(seen.changing.total).toBe("2997");
  });
});

describe("runs side by side", () => {
  it("are two or more", () => {
    expect(seen.comparing.alone).toBe("Select at least two runs");
    expect(seen.comparing.heads).toEqual(["run 2999", "run 2975"]);
    expect(seen.comparing.hash).toContain("#compare=");
    expect(seen.comparing.left).toBe(1);
  });

  it("have the best marked, and each its confusion matrix", () => {
    expect(seen.comparing.best).toEqual(["0.9997 best"]);
    expect(seen.comparing.matrices).toBe(2);
  });
});

it("a narrow page has cards of two lines, and a field for their order", () => {
  expect(seen.narrow).toMatchObject({ isCards: true, isWithin: true, height: 62, order: "newest" });
  expect(seen.narrow.words[0]).toBe("run 39");
});

describe("where nothing is to be had", () => {
  it("it is said how to begin", () => {
    expect(seen.failing.none).toContain("No run yet.");
  });

  it("a refusal stands there with a way to try again", () => {
    expect(seen.failing.refused).toContain("refused");
    expect(seen.failing.refused).toContain("Try again");
  });

  it("what is known stays, and is said to be of before", () => {
    expect(seen.failing.offline).toContain("these are the runs as this page heard of them last");
    expect(seen.failing.rows).toBeGreaterThan(19);
  });
});

it("axe finds no fault, whatever is open", () => {
  expect(seen.faults).toEqual({ Tags: [], Metric: [], renaming: [], dialog: [], comparison: [], cards: [] });
});
