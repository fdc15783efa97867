/** What a program printed, as a terminal leaves it. */

import { describe, expect, it } from "vitest";
import { linesOf, plainText } from "../../src/model/terminal";

const words = (text: string): string[] => linesOf(text).map((line) => line.pieces.map((piece) => piece.text).join(""));

describe("printed lines", () => {
  it("have colours and decorations by name, across lines until they end", () => {
    expect(linesOf("a \x1b[1;31mred\nstill\x1b[0m plain\x1b[92mg\x1b[39mn").map((line) => line.pieces)).toEqual([
      [{ text: "a ", styles: [] }, { text: "red", styles: ["bold", "red"] }],
      [
        { text: "still", styles: ["bold", "red"] },
        { text: " plain", styles: [] },
        { text: "g", styles: ["green"] },
        { text: "n", styles: [] },
      ],
    ]); // prettier-ignore
  });

  it("know colours of a palette where they have a name, and pass over the others", () => {
    const styles = (codes: string): readonly string[] => linesOf(`\x1b[${codes}mx`)[0]!.pieces[0]!.styles;
    expect(styles("38;5;9")).toEqual(["red"]);
    expect(styles("38;5;200;1")).toEqual(["bold"]);
    expect(styles("38;2;1;31;32")).toEqual([]);
    expect(styles("48;5;1")).toEqual([]);
    expect(styles("1;22")).toEqual([]);
    expect(styles("")).toEqual([]);
  });

  it.each([
    ["a bar's last state", " 10%|#\r 50%|##\r100%|###\n", ["100%|###"]],
    ["a line of Windows", "one\r\ntwo\r\n", ["one", "two"]],
    ["a cursor that goes up", "\x1b[Ax\x1b[K", ["x"]],
    ["a title of the window", "\x1b]0;title\x07x", ["x"]],
    ["a title without an end", "x\x1b]0;title", ["x"]],
    ["a backspace", "abc\b\bd", ["ad"]],
    ["bells and NULs", "a\x07\x00b", ["ab"]],
    ["text that turns its direction", "a\u202egnp.exe", ["agnp.exe"]],
    ["a cut sequence", "x\x1b[31", ["x[31"]],
    ["empty lines", "a\n\nb", ["a", "", "b"]],
    ["tabs", "a\tb", ["a\tb"]],
  ])("leave of %s what is seen", (_, text, seen) => {
    expect(words(text)).toEqual(seen);
    expect(plainText(text).replace(/\n$/, "").split("\n")).toEqual(seen);
  });

  it("are cut where nobody would read on, and whole as plain text", () => {
    const long = `\x1b[31m${"x".repeat(1500)}\x1b[0m${"y".repeat(1_000_000)}`;
    const [line] = linesOf(long);
    expect(line!.pieces.map((piece) => piece.text.length)).toEqual([1500, 500]);
    expect(line!.leftOut).toBe(999_500);
    expect(plainText(long)).toHaveLength(1_001_500);
  });

  it("take no longer for being many", () => {
    const began = performance.now();
    expect(linesOf("\x1b[32mok\x1b[0m done\r\n".repeat(10_000))).toHaveLength(10_000);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
