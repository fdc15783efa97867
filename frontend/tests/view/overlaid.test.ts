/** Other runs in the charts of the run that the page shows, in a browser. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  choosing: {
    suggested: string[];
    focused: string;
    hash: string;
    first: string[];
    alone: string[];
    back: string;
    drawn: boolean[];
    grown: string[];
    pointed: string[];
    table: string[];
    asked: number;
    faults: string[];
  };
  linked: { lines: string[]; said: string[]; beside: string; deleted: { lines: string[]; said: string[] }; left: string };
  most: { on: number; refused: number; said: string; hash: string; hurried: string; isWithin: boolean };
}

const RUN = "20261122-100000-0000002a";
const EARLIER = "20261121-100009-0000002b";
const GONE = "20261120-000000-0000002f";

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("overlaid")) as Seen;
}, 90_000);

describe("runs to be drawn behind another", () => {
  it("are offered by its name, then what goes on", () => {
    expect(seen.choosing.suggested).toEqual([...Array(10).fill("digits"), "beside"]);
  });

  it("are chosen by the keyboard, which comes back where it was", () => {
    expect(seen.choosing).toMatchObject({ focused: "search", back: "Draw other runs 2" });
  });

  it("are drawn each in a colour of its own, and stand in the legend and in the table", () => {
    const { first, alone, drawn, table } = seen.choosing;
    expect(first).toEqual(["this run 0.0200", "digits 0.0400"]);
    expect(alone).toEqual(["this run 0.0200", "digits 0.0400", "beside 0.5000"]);
    expect(drawn).toEqual([true, true, true]);
    expect(table).toEqual(["Step", "this run", "digits", "beside"]);
  });

  it("are asked for, each once, and go on where they are at work", () => {
    expect(seen.choosing.asked).toBe(3);
    expect(seen.choosing.grown[2]).toBe("beside 0.2500");
  });

  it("tell their values at the step that is pointed at", () => {
    const values = seen.choosing.pointed.map((words) => Number(words.split(" ").at(-1)));
    expect(values[0]! * 2).toBeCloseTo(values[1]!, 3);
    expect(values[1]).toBeGreaterThan(0.05);
    expect(seen.choosing.pointed[2]).toBe("beside –");
  });

  it("are accessible", () => expect(seen.choosing.faults).toEqual([]));
});

describe("an address with runs behind another", () => {
  it("has those that were chosen", () => expect(seen.choosing.hash).toBe(`#run=${RUN}&with=${EARLIER}`));

  it("draws them, says which cannot be had, and leads to the comparison", () => {
    const { lines, said, beside } = seen.linked;
    expect(lines).toEqual(["this run 0.0200", "digits 0.0400"]);
    expect(said).toEqual([`${GONE} is not drawn: There is no such run`]);
    expect(beside).toBe(`#compare=${RUN},${EARLIER},${GONE}`);
  });

  it("says so where one is deleted meanwhile, and lets it be taken out", () => {
    const { deleted, left } = seen.linked;
    expect(deleted.lines).toEqual(["0.0200"]);
    expect(deleted.said).toHaveLength(2);
    expect(left).toBe(`#run=${RUN}&with=${EARLIER}`);
  });

  it("draws as many as have a colour, and says why no more", () => {
    const { on, refused, said, hash, hurried, isWithin } = seen.most;
    expect({ on, refused }).toEqual({ on: 7, refused: 4 });
    expect(said).toBe("At most 7 are drawn behind one.");
    expect(hash.split(",")).toHaveLength(6);
    expect(hurried.split(",")).toHaveLength(4);
    expect(isWithin).toBe(true);
  });
});
