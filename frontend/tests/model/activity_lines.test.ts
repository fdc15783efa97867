/** The feed under a filter: whatever comes live, in pages or after a sleep, each line once and none missing. */

import { describe, expect, it } from "vitest";
import { askedOf, EVERYTHING, filterOf, isFiltering, isWanted, queryOf } from "../../src/model/activity_filter";
import { kindWords } from "../../src/model/activity_kinds";
import {
  byDay,
  KEPT_LINES,
  linesAtFirst,
  withLive,
  withNewestPage,
  withPage,
  type ActivityLines,
  type ActivityPage,
} from "../../src/model/activity_lines";
import type { Activity, ActivityLevel } from "../../src/model/wire";

const LEVELS: ActivityLevel[] = ["info", "success", "warning", "error"];
const ERRORS = { ...EVERYTHING, level: "error" as const };

/** Every third event is a line of the feed; their levels take turns. */
function line(offset: number): Activity {
  const level = LEVELS[(offset / 3) % 4]!;
  const time = new Date(1000 * offset).toISOString();
  return { id: `id-${offset}`, time, level, kind: "note", text: `line ${offset}`, who: "ada", run_id: null, offset };
}

/** A server's whole feed up to an offset, and a view that has heard its newest lines. */
class Feed {
  constructor(public head: number) {}

  get all(): Activity[] {
    const lines: Activity[] = [];
    for (let offset = this.head - (this.head % 3); offset > 0; offset -= 3) lines.push(line(offset));
    return lines;
  }

  heard(newest: number): { logId: string; offset: number; activity: Activity[] } {
    return { logId: "log-a", offset: this.head, activity: this.all.slice(0, newest) };
  }

  page(filter: typeof EVERYTHING, before: string | null, limit: number): ActivityPage {
    const wanted = this.all.filter((told) => isWanted(told, filter) && told.offset < Number(before ?? Infinity));
    const activity = wanted.slice(0, limit);
    return { activity, next: wanted.length > limit ? String(activity.at(-1)!.offset) : null };
  }
}

const offsets = ({ lines }: ActivityLines): number[] => lines.map(({ offset }) => offset);

function wantedOf(feed: Feed, filter: typeof EVERYTHING, from = 0): number[] {
  return feed.all.filter((told) => isWanted(told, filter) && told.offset >= from).map(({ offset }) => offset);
}

describe("the lines under a filter", () => {
  it.each([["everything", EVERYTHING], ["errors", ERRORS]])("of %s: live ones join pages without gap or duplicate", (_, filter) => {
    const feed = new Feed(300);
    let known = linesAtFirst(feed.heard(10), filter);
    const askedAt = feed.head;
    const first = feed.page(filter, null, 5);
    feed.head = 330; // while the page is on its way
    known = withLive(known, feed.heard(20));
    known = withNewestPage(known, first, askedAt);
    expect(offsets(known)).toEqual(wantedOf(feed, filter, Math.min(...offsets(known))));
    feed.head = 420;
    known = withLive(known, feed.heard(50));
    while (known.next !== null) known = withPage(known, feed.page(filter, known.next ?? null, 7));
    expect(offsets(known)).toEqual(wantedOf(feed, filter));
  });

  it("asks again where it slept, and joins the page to what it knows", () => {
    const feed = new Feed(300);
    let known = withNewestPage(linesAtFirst(feed.heard(10), EVERYTHING), feed.page(EVERYTHING, null, 20), 300);
    const next = known.next;
    feed.head = 360;
    known = withLive(known, feed.heard(5)); // 15 lines missed, 5 told by the snapshot
    expect(known.isBroken).toBe(true);
    expect(withLive(known, feed.heard(5)).isBroken).toBe(true);
    known = withNewestPage(known, feed.page(EVERYTHING, null, 25), 360);
    expect([known.isBroken, known.next]).toEqual([false, next]);
    expect(offsets(known)).toEqual(wantedOf(feed, EVERYTHING, Number(next)));
    feed.head = 363;
    expect(offsets(withLive(known, feed.heard(5)))[0]).toBe(363);
  });

  it("lets go of what it knew where the newest page does not reach down to it", () => {
    const feed = new Feed(300);
    let known = withNewestPage(linesAtFirst(feed.heard(10), EVERYTHING), feed.page(EVERYTHING, null, 20), 300);
    feed.head = 900;
    known = withLive(known, feed.heard(5));
    known = withNewestPage(known, feed.page(EVERYTHING, null, 20), 900);
    expect(offsets(known)).toEqual(wantedOf(feed, EVERYTHING).slice(0, 20));
    expect(known.next).toBe(String(offsets(known).at(-1)));
  });

  it("begins anew in another log, whose offsets mean something else", () => {
    const feed = new Feed(300);
    const known = withNewestPage(linesAtFirst(feed.heard(10), EVERYTHING), feed.page(EVERYTHING, null, 20), 300);
    const other = withLive(known, { ...new Feed(30).heard(50), logId: "log-b" });
    expect([other.isBroken, other.next]).toEqual([true, undefined]);
    expect(offsets(other)[0]).toBe(30);
  });

  it("goes on below a page that found none of its words", () => {
    const filter = { ...EVERYTHING, words: "disk" };
    const feed = new Feed(300);
    let known = withNewestPage(linesAtFirst(feed.heard(3), filter), { activity: [], next: "200" }, 300);
    expect([known.lines, known.next]).toEqual([[], "200"]);
    known = withPage(known, { activity: [line(99), line(96)], next: null });
    expect(offsets(known)).toEqual([99, 96]);
  });

  it("keeps so many lines, and can ask for those that it cut", () => {
    const feed = new Feed(3 * (KEPT_LINES - 10));
    let known: ActivityLines = { ...linesAtFirst(feed.heard(KEPT_LINES), EVERYTHING), next: null };
    feed.head += 60;
    known = withLive(known, feed.heard(50));
    expect(known.lines).toHaveLength(KEPT_LINES);
    known = withPage(known, feed.page(EVERYTHING, known.next ?? null, 50));
    expect(offsets(known)).toEqual(wantedOf(feed, EVERYTHING));
  });
});

describe("the filter", () => {
  const FILTERS = ["", "level=error", "kind=note&words=a+b", "level=info&kind=x&words=%C3%BC&run=r-1"];

  it.each(FILTERS)("%j is read from the address and written alike", (query) => {
    expect(queryOf(filterOf(query))).toBe(query);
  });

  it.each(["level=loud", "levels=error", "level=", "kind=", "%", "words=+"])("%j filters nothing", (query) => {
    expect(isFiltering(filterOf(query))).toBe(false);
    expect(queryOf(filterOf(query))).toBe("");
  });

  it("asks the server in its own words", () => {
    const filter = filterOf("level=error&kind=note&words=disk+full&run=r-1");
    expect(askedOf(filter, "17", 50)).toBe("limit=50&level=error&kind=note&words=disk+full&run_id=r-1&before=17");
    expect(askedOf(EVERYTHING, null, 50)).toBe("limit=50");
  });

  it("holds a line to all words, in text and name, in capitals or not", () => {
    const told = { ...line(12), text: "Größe: DISK full", who: "Ada" };
    expect(isWanted(told, { ...EVERYTHING, words: " disk  GRÖßE ada " })).toBe(true);
    expect(isWanted(told, { ...EVERYTHING, words: "disk empty" })).toBe(false);
    expect(isWanted(told, { ...EVERYTHING, runId: "r-1" })).toBe(false);
  });

  it("calls a kind that it does not know by its own name", () => {
    expect([kindWords("note"), kindWords("constructor")]).toEqual(["Note", "constructor"]);
  });
});

describe("days", () => {
  it("are those of this reader's clock", () => {
    const now = new Date(2026, 10, 22, 0, 5).getTime();
    const at = (day: number, hour: number): Activity => ({ ...line(3), time: new Date(2026, 10, day, hour).toISOString() });
    const days = byDay([at(22, 0), at(21, 23), at(21, 1), at(20, 12), { ...line(3), time: "never" }], now);
    expect(days.map(({ lines }) => lines.length)).toEqual([1, 2, 1, 1]);
    expect(days.map(({ title }) => title).slice(0, 2)).toEqual(["Today", "Yesterday"]);
    expect(days[2]!.title).toContain("20");
    expect(days[3]!.title).toBe("At an unknown time");
    expect(byDay([at(22, 0)], new Date(2027, 0, 1).getTime())[0]!.title).toContain("2026");
  });
});
