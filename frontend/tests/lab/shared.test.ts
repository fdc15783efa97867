import { describe, expect, it } from "vitest";
import { isBelow, sharedIfAny, sharedModule, versionToTake, type SharedScope } from "../../src/lab/shared";

const giving = (value: unknown, more: object = {}) => ({ get: async () => () => value, ...more });
const failing = { get: async (): Promise<() => unknown> => Promise.reject(new Error("no such chunk")) };

describe("a module that the page shares", () => {
  it("is the one that others have already, else the newest", () => {
    expect(versionToTake({ "4.6.6": giving(1), "4.10.0": giving(2) })).toBe("4.10.0");
    expect(versionToTake({ "4.6.6": giving(1, { loaded: 1 }), "4.10.0": giving(2) })).toBe("4.6.6");
    expect(versionToTake({})).toBeNull();
  });

  it("has versions that are compared by their numbers", () => {
    expect(isBelow("4.9.1", "4.10.0")).toBe(true);
    expect(isBelow("4.10.0", "4.9.1")).toBe(false);
    expect(isBelow("2.3", "2.3.0")).toBe(false);
  });

  it("is marked as taken, so that the next takes the same", async () => {
    const scope: SharedScope = { a: { "1.0.0": giving("a") } };
    expect(await sharedModule(scope, "a")).toBe("a");
    expect(scope["a"]!["1.0.0"]!.loaded).toBeTruthy();
  });

  it("is named where the page has it not", async () => {
    await expect(sharedModule({}, "@lumino/widgets")).rejects.toThrow("this page shares no @lumino/widgets");
  });

  it("is empty where the page may do without, also where it cannot be loaded", async () => {
    expect(await sharedIfAny({}, "a")).toEqual({});
    expect(await sharedIfAny({ a: { "1.0.0": failing } }, "a")).toEqual({});
  });
});
