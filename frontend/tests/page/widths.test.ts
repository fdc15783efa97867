import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = join(import.meta.dirname, "../../src/page");
const SHEETS = readdirSync(PAGE).filter((name) => name.endsWith(".css"));

describe("in a sidebar the width of the window says nothing: `@container jpp-page` does", () => {
  it.each(SHEETS)("%s", (name) => {
    const sheet = readFileSync(join(PAGE, name), "utf8");
    expect(sheet.match(/@media[^{]*width[^{]*/g)).toBeNull();
  });
});
