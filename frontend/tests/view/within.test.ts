/** The page inside another application keeps to the room that it has, and leaves the address alone. */

import { beforeAll, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  columns: Record<string, number>;
  isLayoutLast: boolean;
  href: string;
  at: unknown;
  current: string;
  shown: string[];
  hash: string;
  notices: number;
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("within")) as Seen;
}, 60_000);

it("is laid out by the width of its own part of the window", () => {
  expect(seen.columns).toEqual({ 400: 1, 900: 2 });
});

it("has its own styles after the view's, whichever came first", () => {
  expect(seen.isLayoutLast).toBe(true);
});

it("goes where a link of it leads, without touching the address", () => {
  expect(seen.at).toEqual({ at: "history", query: "" });
  expect(seen.current).toBe("History");
  expect(seen.hash).toBe("");
});

it("has links that lead to the page, for whoever opens them elsewhere", () => {
  expect(seen.href).toBe("http://here/jupyter-progress/#history");
});

it("shows no notices where its surroundings tell them", () => {
  expect(seen.notices).toBe(0);
});
