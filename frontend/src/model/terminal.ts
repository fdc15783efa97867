/**
 * What a program printed, as a terminal would leave it on the screen: colours, lines that were written
 * over by a bar's next state, and none of the characters that tell a terminal so.
 */

export interface Piece {
  text: string;
  /** Names of its styles, as ECMA-48 has them: `red`, `bold`; empty: plain. */
  styles: readonly string[];
}

export interface Line {
  pieces: readonly Piece[];
  /** Characters at its end that are left out: nobody reads a line of a million. */
  leftOut: number;
}

const LONGEST_LINE = 2000;
const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const DECORATIONS: Record<number, string> = { 1: "bold", 2: "faint", 3: "italic", 4: "underlined" };
const ENDS: Record<number, readonly string[]> = { 22: ["bold", "faint"], 23: ["italic"], 24: ["underlined"] };
// Sequences of ECMA-48 (CSI, OSC and the short ones); only those of CSI … m are of use here.
const ESCAPE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[()*+][0-9A-Za-z]|[@-Z\\-_])/g;
// Other control characters, and what turns the direction of all that follows.
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** The lines of a text, the last one without its end. */
export function linesOf(text: string): Line[] {
  const all = text.endsWith("\n") ? text.slice(0, -1) : text;
  let styles: readonly string[] = [];
  return all.split("\n").map((line) => {
    const read = readLine(line, styles);
    styles = read.styles;
    return cut(read.pieces);
  });
}

/** The same as plain text, whole. */
export function plainText(text: string): string {
  return text.split("\n").map((line) => lastWritten(line.replace(ESCAPE, "")).replace(UNSEEN, "")).join("\n"); // prettier-ignore
}

/** After a carriage return a line is written anew; one at its end only comes before the line's end. */
function lastWritten(line: string): string {
  const written = line.split("\r").filter((part) => part !== "");
  return withoutBackspaces(written.at(-1) ?? "");
}

function withoutBackspaces(line: string): string {
  if (!line.includes("\b")) return line;
  const kept: string[] = [];
  for (const character of line) {
    if (character === "\b") kept.pop();
    else kept.push(character);
  }
  return kept.join("");
}

function readLine(line: string, before: readonly string[]): { pieces: Piece[]; styles: readonly string[] } {
  const written = line.split("\r");
  let last = written.length - 1;
  while (last > 0 && written[last]!.replace(ESCAPE, "") === "") last -= 1;
  let styles = before;
  let pieces: Piece[] = [];
  for (const [index, part] of written.entries()) {
    const read = readStyled(part, styles);
    styles = read.styles;
    if (index === last) pieces = read.pieces;
  }
  return { pieces, styles };
}

function readStyled(part: string, before: readonly string[]): { pieces: Piece[]; styles: readonly string[] } {
  const pieces: Piece[] = [];
  let styles = before;
  let begin = 0;
  const add = (end: number): void => {
    const text = withoutBackspaces(part.slice(begin, end)).replace(UNSEEN, "");
    if (text) pieces.push({ text, styles });
  };
  for (const found of part.matchAll(ESCAPE)) {
    add(found.index);
    begin = found.index + found[0].length;
    if (found[2] === "m") styles = styledBy(styles, found[1] ?? "");
  }
  add(part.length);
  return { pieces, styles };
}

/** The styles after a "select graphic rendition". */
function styledBy(before: readonly string[], parameters: string): readonly string[] {
  const codes = parameters.split(/[;:]/).map(Number);
  let styles = [...before];
  const without = (gone: readonly string[]): string[] => styles.filter((style) => !gone.includes(style));
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    const isBright = code >= 90;
    if (code === 0) styles = [];
    else if (DECORATIONS[code]) styles = [...without([DECORATIONS[code]]), DECORATIONS[code]];
    else if (ENDS[code]) styles = without(ENDS[code]);
    else if (code === 39) styles = without(COLOURS);
    else if ((code >= 30 && code <= 37) || (isBright && code <= 97)) {
      styles = [...without(COLOURS), COLOURS[code % 10]!];
    } else if (code === 38 || code === 48) {
      // Of a palette of 256 only the first are names; others are left as they were.
      const isNamed = code === 38 && codes[at + 1] === 5 && codes[at + 2]! < 16;
      if (isNamed) styles = [...without(COLOURS), COLOURS[codes[at + 2]! % 8]!];
      at += codes[at + 1] === 5 ? 2 : 4;
    }
  }
  return styles;
}

function cut(pieces: readonly Piece[]): Line {
  let room = LONGEST_LINE;
  let leftOut = 0;
  const kept = pieces.flatMap(({ text, styles }) => {
    const part = text.slice(0, room);
    room -= part.length;
    leftOut += text.length - part.length;
    return part ? [{ text: part, styles }] : [];
  });
  return { pieces: kept, leftOut };
}
