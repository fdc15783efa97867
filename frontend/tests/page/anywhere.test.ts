/** The page can stand in a part of a window whose address is not its own: what its sources keep to for that. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = join(import.meta.dirname, "../../src/page");

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return name.includes(".") ? [path] : filesBelow(path);
  });
}

const FILES = filesBelow(PAGE).map((path) => [path.slice(PAGE.length + 1), readFileSync(path, "utf8")] as const);

describe("asks for the width of its container: in a sidebar that of the window says nothing", () => {
  it.each(FILES.filter(([name]) => name.endsWith(".css")))("%s", (_, sheet) => {
    expect(sheet.match(/@media[^{]*width[^{]*/g)).toBeNull();
  });
});

describe("links to its places by PlaceLink: elsewhere a hash would lead its surroundings astray", () => {
  it.each(FILES.filter(([name]) => name.endsWith(".tsx")))("%s", (_, source) => {
    expect(source.match(/href=\{hashOf.*/g)).toBeNull();
  });
});
