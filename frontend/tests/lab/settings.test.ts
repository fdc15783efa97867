import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULTS, readSettings } from "../../src/lab/settings";

interface Schema {
  properties: Record<string, { default: unknown }>;
}

const SCHEMA = JSON.parse(readFileSync(join(import.meta.dirname, "../../schema/plugin.json"), "utf8")) as Schema;

describe("the settings", () => {
  it("are by default what their schema says", () => {
    const byDefault = Object.entries(SCHEMA.properties).map(([name, property]) => [name, property.default]);
    expect(readSettings(Object.fromEntries(byDefault))).toEqual(DEFAULTS);
    expect(readSettings({})).toEqual(DEFAULTS);
  });

  it("have each an effect of its own", () => {
    const other = (value: unknown): unknown => (typeof value === "boolean" ? !value : "left");
    const seen = Object.entries(SCHEMA.properties).map(([name, property]) => {
      return JSON.stringify(readSettings({ [name]: other(property.default) }));
    });
    expect(seen).not.toContain(JSON.stringify(DEFAULTS));
    expect(new Set(seen).size).toBe(Object.keys(SCHEMA.properties).length);
  });

  it("are as by default where they hold something else", () => {
    expect(readSettings({ side: "top", statusBar: "no", notifyEnds: null })).toEqual(DEFAULTS);
    expect(readSettings(null)).toEqual(DEFAULTS);
  });
});
