/** The place for activity, as it is seen: every line once, whichever way it came. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  all: Record<string, unknown> & { held: Record<string, unknown> };
  filtered: Record<string, unknown> & { asked: string[] };
  broken: Record<string, unknown>;
  rest: { nothing: string[]; words: string[] };
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("activity")) as Seen;
}, 90_000);

describe("the place for activity", () => {
  it("has every line once, the newest first, and says where it ends", () => {
    expect([seen.all["count"], seen.all["unique"]]).toEqual([200, 200]);
    expect(seen.all["ends"]).toEqual(["Stage 200 done", "line 1"]);
    expect(seen.all["end"]).toBe("That is all there is.");
  });

  it("leads from a line to its run, also to one whose name is not known here", () => {
    expect(seen.all["links"]).toEqual([
      ["digits", "#run=20261122-100000-0000002a"],
      ["20261101-100000-0000002c", "#run=20261101-100000-0000002c"],
      ["digits", "#run=20261122-100000-0000002a"],
    ]);
  });

  it("moves nothing under the eyes of whoever reads further down, and tells what waits", () => {
    expect(seen.all.held).toEqual({ pill: "3 new", moved: 0, first: "Stage 200 done" });
    expect(seen.all["announced"]).toBe("3 new lines");
    expect(seen.all["shown"]).toEqual({ first: ["line 203", "line 202", "line 201"], pill: 0 });
  });

  it("asks the server for what the address says, page by page, and holds live lines to the same", () => {
    expect(seen.filtered["errors"]).toBe(50);
    expect(seen.filtered.asked[0]).toBe("activity?limit=50&level=error");
    expect(seen.filtered["live"]).toBe("wanted at once");
  });

  it("looks for words while they are typed, and leaves one step back for all of them", () => {
    // Errors among "line 1", "line 1x" and "line 1xx", which "line 21" and others hold, too.
    expect(seen.filtered["words"]).toMatchObject({ hash: "#activity?level=error&words=line+1", added: 0 });
    const expected = Array.from({ length: 200 }, (_, index) => index + 1).filter(
      (number) => number % 4 === 3 && number % 10 !== 0 && String(number).includes("1"),
    );
    expect((seen.filtered["words"] as { lines: number }).lines).toBe(expected.length);
  });

  it("says that nothing fits, and takes the filter away", () => {
    expect(seen.filtered["none"]).toEqual({
      words: "No line fits this choice.",
      hash: "#activity?level=error&kind=run_deleted&words=line+1",
    });
    expect(seen.filtered["everything"]).toEqual({ hash: "#activity", typed: "", first: "wanted at once" });
  });

  it("misses nothing that came while it slept", () => {
    expect([seen.broken["joined"], seen.broken["unique"]]).toEqual([seen.broken["expected"], seen.broken["expected"]]);
  });

  it("keeps what it has where a page is refused, says so, and tries again", () => {
    expect(seen.broken["problem"]).toMatch(/^Older lines could not be loaded\. refused/);
    expect(seen.broken["kept"]).toBe(50);
    expect(seen.broken["isMore"]).toBe(true);
  });

  it("says that nothing has happened yet, and why nothing is known", () => {
    expect(seen.rest.nothing.join(" ")).toMatch(/Nothing has happened yet/);
    expect(seen.rest.words.join(" ")).toMatch(/The server refuses this page/);
  });
});
