/** Charts in a real browser: one run's, several runs', hundreds of metrics. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

interface Seen {
  turns: number[];
  colours: Record<string, number[][]>;
  one: {
    first: string[];
    all: string[];
    lines: Record<string, boolean>;
    idle: string;
    pointed: { step: string; words: string; others: string };
    moved: boolean;
    left: string;
    zoomed: Record<string, string> & { dragged: string[]; keys: string[] };
    table: { read: number; rows: string[][]; same: boolean; seen: number; back: number };
    log: { pressed: string; isOther: boolean; refused: string[] };
    smooth: { words: string; isOther: boolean };
    found: string[];
    cut: number;
  };
  several: {
    names: string[];
    looks: string[];
    beyond: string[];
    both: Record<string, number>;
    fewer: string[];
    broken: number;
    columns: number;
  };
  hundreds: {
    atFirst: { charts: string[]; asked: string[] };
    shown: { charts: number; canvases: number; asked: number };
    drawnLast: boolean;
    repeated: number;
  };
}

let seen: Seen;
beforeAll(async () => {
  seen = (await inChromium("charts")) as Seen;
}, 90_000);

const stepOf = (words: string): number => Number(words.replace(/[^\d.]/g, ""));

describe("the charts of a run", () => {
  it("are a few at first, those that belong together in one, and all on demand", () => {
    expect(seen.one.first).toEqual(["loss", "gaps", "huge", "tiny"]);
    expect(seen.one.all).toHaveLength(9);
  });

  it("draw gaps, single points and values of any size", () => {
    expect(seen.one.lines).toEqual({ loss: true, gaps: true, huge: true, tiny: true, both: true, one: true, flat: true });
    expect(seen.one.cut).toBe(0);
  });

  it("tell the newest values, and those at the step that is pointed at, in all charts, in one place", () => {
    expect(seen.one.idle).toBe("val 0.0198 train 0.0050 step 200");
    expect(seen.one.pointed.step).toBe("step 100");
    expect(seen.one.pointed.words).toBe("val 0.0392 train 0.0099 step 100");
    expect(seen.one.pointed.others).toBe("1.010e302 step 100");
    expect(seen.one.moved).toBe(false);
    expect(seen.one.left).toBe(seen.one.idle);
  });

  it("are zoomed by dragging, and back by a button or a double click", () => {
    const { zoomed } = seen.one;
    expect(stepOf(zoomed["whole"]!)).toBeGreaterThan(195);
    expect(zoomed["isAway"]).toBe("hidden");
    expect(zoomed.dragged.map(stepOf).map((step) => step >= 49 && step <= 101)).toEqual([true, true]);
    expect(zoomed["isThere"]).toBe("visible");
    expect(stepOf(zoomed["back"]!)).toBeGreaterThan(195);
    expect(stepOf(zoomed["doubled"]!)).toBeGreaterThan(195);
  });

  it("are read and zoomed by the keyboard", () => {
    const { zoomed } = seen.one;
    expect(zoomed.keys).toEqual([
      "Step 200: val 0.0198, train 0.0050",
      "Step 199: val 0.0200, train 0.0050",
      "Step 2: val 1.0000, train 0.3333",
    ]);
    expect(stepOf(zoomed["closer"]!)).toBeLessThanOrEqual(50);
    expect(stepOf(zoomed["escaped"]!)).toBeGreaterThan(195);
  });

  it("are tables for those who cannot see them, and for everybody on demand", () => {
    const { table } = seen.one;
    expect(table.read).toBeGreaterThan(5);
    expect(table.rows[0]).toEqual(["Step", "val", "train"]);
    expect(table.rows.at(-1)).toEqual(["200", "0.0198", "0.0050"]);
    expect(table.rows.length).toBeGreaterThan(table.read);
    expect(table).toMatchObject({ same: true, seen: 0, back: 1 });
  });

  it("have a logarithmic scale where all values are above zero, and say why not", () => {
    expect(seen.one.log).toMatchObject({ pressed: "true", isOther: true });
    expect(seen.one.log.refused).toEqual(["false", "true", "Only values above zero have a logarithm"]);
  });

  it("are smoothed, and found by name", () => {
    expect(seen.one.smooth).toEqual({ words: "0.90", isOther: true });
    expect(seen.one.found.slice(0, 2)).toEqual(["loss", "No metric has “nothing of it” in its name."]);
  });
});

describe("the charts of several runs", () => {
  it("have each run's line with its own look, and name those of one name apart", () => {
    const { names, looks } = seen.several;
    expect(names.slice(0, 3)).toEqual(["twin (0000aa)", "twin (0001aa)", "run 2"]);
    expect(new Set(looks).size).toBe(10);
  });

  it("tell nothing of a run beyond its end", () => {
    expect(seen.several.beyond.slice(0, 9)).toEqual(Array(9).fill("–"));
    expect(seen.several.beyond[9]).toBe("0.9933");
  });

  it("go on with those that are left where some are taken out", () => {
    expect(seen.several).toMatchObject({ fewer: ["twin (0000aa)", "twin (0001aa)"], broken: 0, columns: 5 });
  });

  it("have a run's colour once where several metrics are drawn", () => {
    expect(seen.several.both).toEqual({ keys: 2, values: 20 });
  });
});

describe("hundreds of metrics", () => {
  it("are asked of the server as they come into sight, each once", () => {
    const { atFirst, shown, repeated } = seen.hundreds;
    expect(atFirst.charts).toHaveLength(4);
    expect(new Set(atFirst.asked)).toEqual(new Set(["live_accuracy", "live_score", "m%2Caa", "m%2Cba", "m%2Cca", "m%2Cda"]));
    expect(shown.charts).toBe(400);
    expect(shown.canvases).toBeLessThan(40);
    expect(shown.asked).toBeLessThan(40);
    expect(repeated).toBe(0);
  });

  it("are drawn where one scrolls to", () => {
    expect(seen.hundreds.drawnLast).toBe(true);
  });
});

describe("plots that are to be drawn in one frame", () => {
  it("take turns where they have more points than a frame has time for, each once", () => {
    const [first, second, heavy, ...light] = seen.turns;
    expect([first, second]).toEqual([0, 0]);
    expect(heavy).toBeGreaterThan(0);
    expect(light).toEqual([heavy! + 1, heavy! + 1]);
  });
});

// WCAG 2.2, success criterion 1.4.11: what is needed to understand a graphic stands out 3 to 1.
const linear = (channel: number): number => (channel <= 10 ? channel / 3294 : ((channel / 255 + 0.055) / 1.055) ** 2.4);

function contrast(one: number[], other: number[]): number {
  const light = ([red, green, blue]: number[]): number =>
    0.2126 * linear(red!) + 0.7152 * linear(green!) + 0.0722 * linear(blue!);
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

// Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009).
const SIGHTS: Record<string, number[][]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}; // prettier-ignore

/** OKLab of a colour as an eye sees it. */
function oklab(rgb: number[], sight: number[][]): number[] {
  const from = rgb.map(linear);
  const [red, green, blue] = sight.map((row) => Math.max(0, row.reduce((sum, part, at) => sum + part * from[at]!, 0)));
  const l = Math.cbrt(0.4122214708 * red! + 0.5363325363 * green! + 0.0514459929 * blue!);
  const m = Math.cbrt(0.2119034982 * red! + 0.6806995451 * green! + 0.1073969566 * blue!);
  const s = Math.cbrt(0.0883024619 * red! + 0.2817188376 * green! + 0.6299787005 * blue!);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe("the colours of lines", () => {
  it.each(["light", "dark", "lab"])("stand out from what is behind them: %s", (theme) => {
    const [back, ...hues] = seen.colours[theme]!;
    for (const hue of hues) expect(contrast(hue, back!)).toBeGreaterThanOrEqual(3);
  });

  it.each(["light", "dark", "lab"])("are told apart by every eye: %s", (theme) => {
    const [, ...hues] = seen.colours[theme]!;
    for (const [name, sight] of Object.entries(SIGHTS)) {
      const labs = hues.map((hue) => oklab(hue, sight));
      const apart = (some: number[][]): number =>
        Math.min(...some.flatMap((one, at) => some.slice(at + 1).map((other) => Math.hypot(...one.map((part, axis) => part - other[axis]!)))));
      expect(apart(labs.slice(0, 4)), name).toBeGreaterThan(0.08);
      // Those have other dashes, too.
      expect(apart(labs), name).toBeGreaterThan(0.04);
    }
  });
});
