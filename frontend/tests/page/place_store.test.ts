import { describe, expect, it } from "vitest";
import { NOW, type Place } from "../../src/page/places";
import { RememberedPlace } from "../../src/page/place_store";

const HISTORY: Place = { at: "history", query: "tag=a" };

describe("a place in memory", () => {
  it("begins at the first, and goes where it is told", () => {
    const store = new RememberedPlace("http://here/jupyter-progress/");
    expect(store.place).toEqual(NOW);
    store.go(HISTORY);
    expect(store.place).toEqual(HISTORY);
  });

  it("tells each listener until it has left", () => {
    const store = new RememberedPlace("");
    const seen: Place[] = [];
    const unlisten = store.listen(() => seen.push(store.place));
    store.go(HISTORY);
    unlisten();
    store.go(NOW);
    expect(seen).toEqual([HISTORY]);
  });

  it("has links that lead to the same place of the page", () => {
    const store = new RememberedPlace("http://here/jupyter-progress/");
    expect(store.hrefOf(HISTORY)).toBe("http://here/jupyter-progress/#history?tag=a");
  });
});
