import { describe, expect, it } from "vitest";
import { hashOf, NOW, placeOf, type Place } from "../../src/page/places";

const PLACES: [string, Place][] = [
  ["#", NOW],
  ["#run=20260730-091500-a1b2", { at: "now", runId: "20260730-091500-a1b2" }],
  ["#run=one&with=two,three", { at: "now", runId: "one", behind: ["two", "three"] }],
  ["#history", { at: "history", query: "" }],
  ["#history?name=a%3Db&sort=score", { at: "history", query: "name=a%3Db&sort=score" }],
  ["#compare=one,two", { at: "compare", runIds: ["one", "two"] }],
  ["#health", { at: "health", query: "" }],
  ["#health?minutes=5", { at: "health", query: "minutes=5" }],
  ["#activity", { at: "activity", query: "" }],
  ["#activity?level=error", { at: "activity", query: "level=error" }],
  ["#models", { at: "models", query: "" }],
  ["#models?name=digits", { at: "models", query: "name=digits" }],
];

describe("the places of the page", () => {
  it.each(PLACES)("%s is read and written alike", (hash, place) => {
    expect(placeOf(hash)).toEqual(place);
    expect(hashOf(place)).toBe(hash);
  });

  it.each(["", "#run=", "#run=&with=two", "#nowhere", "#=", "#constructor", "#?"])("%j is the first place", (hash) => {
    expect(placeOf(hash)).toEqual(NOW);
  });

  it("reads an address that was cut short", () => {
    expect(placeOf("#run=%E4%")).toEqual({ at: "now", runId: "%E4%" });
    expect(placeOf("#run=one&with=")).toEqual({ at: "now", runId: "one" });
    expect(placeOf("#compare=one,,%zz")).toEqual({ at: "compare", runIds: ["one", "%zz"] });
  });

  it("keeps ids whole that hold what an address is made of", () => {
    const place: Place = { at: "compare", runIds: ["a,b", "c=d?#é"] };
    expect(placeOf(hashOf(place))).toEqual(place);
  });
});
