/** What a chart draws: groups of metrics, scales with their marks, columns, the table. */

import { describe, expect, it } from "vitest";
import { tableOf } from "../../src/model/chart_table";
import { columnsOf, drawnPoints, extremesOf, lonePoints, stepRange } from "../../src/model/columns";
import { groupsOf, MOST_LINES } from "../../src/model/metric_groups";
import { linearMarks, marksOf, markWords, rangeOf, scaleFor, stepMark, valueOf, valueWords } from "../../src/model/scales";
import type { Point } from "../../src/model/wire";

const titles = (names: string[]): string[] => groupsOf(names).map((group) => group.title);
const members = (names: string[]): (readonly string[])[] => groupsOf(names).map((group) => group.names);

describe("groups of metrics", () => {
  it.each([
    [["train/loss", "val/loss"], "loss", ["train", "val"]],
    [["train_loss", "val_loss", "loss"], "loss", ["train", "val", "loss"]],
    [["validation_0-logloss", "validation_1-logloss"], "logloss", ["validation_0", "validation_1"]],
    [["layer1.grad", "layer2.grad"], "grad", ["layer1", "layer2"]],
    [["loss/train", "loss/test"], "loss", ["train", "test"]],
    [["reward/min", "reward/mean", "reward/max"], "reward", ["min", "mean", "max"]],
    [["train", "val"], "train, val", ["train", "val"]],
    [["top1_acc", "top5_acc"], "acc", ["top1", "top5"]],
  ])("draws %s in one plot", (names, title, labels) => {
    expect(groupsOf(names)).toEqual([{ key: names[0], title, names, labels }]);
  });

  it("keeps apart what only shares its phase", () => {
    expect(members(["train/lr", "train/grad_norm", "train/loss"])).toEqual([["train/loss"], ["train/lr"], ["train/grad_norm"]]);
  });

  it("puts the live score first, then losses, then scores, then the rest as it came", () => {
    expect(titles(["lr", "val/f1", "epoch_time", "val/loss", "live_accuracy", "accuracy"])).toEqual([
      "Live accuracy", "val/loss", "val/f1", "lr", "epoch_time",
    ]); // prettier-ignore
  });

  it("has no more lines in a plot than can be told apart", () => {
    const groups = groupsOf(Array.from({ length: 100 }, (_, index) => `layer${index}/weight`));
    expect(groups).toHaveLength(Math.ceil(100 / MOST_LINES));
    expect(groups[0]!.title).toBe("weight (1 of 13)");
    expect(groups.flatMap((group) => group.names)).toHaveLength(100);
  });

  it("keeps a group's key as more comes into it", () => {
    expect(groupsOf(["train/loss"])[0]!.key).toBe(groupsOf(["train/loss", "val/loss"])[0]!.key);
  });

  it("stands any names", () => {
    const odd = ["", "/", "...", "__proto__", "a".repeat(5000), "損失", "train/", "<b>"];
    expect(groupsOf(odd).flatMap((group) => group.names).sort()).toEqual(odd.slice(1).sort()); // prettier-ignore
    for (const { title } of groupsOf(odd)) expect(title).not.toBe("");
  });
});

const marks = (least: number, greatest: number, isLog = false): string[] => {
  const scale = scaleFor(least, greatest, isLog);
  const places = marksOf(rangeOf(least, greatest, scale), scale, 5);
  return markWords(places.map((place) => valueOf(place, scale)));
};

describe("an axis", () => {
  it.each([
    [0.91, 0.97, false, ["0.92", "0.94", "0.96"]],
    [0, 1, false, ["0.0", "0.5", "1.0"]],
    [0, 1437, false, ["0", "500", "1000", "1500"]],
    [-3, 3, false, ["-2", "0", "2"]],
    [0, 4e6, false, ["0", "1e6", "2e6", "3e6", "4e6"]],
    [1e300, 5e300, false, ["1e300", "2e300", "3e300", "4e300", "5e300"]],
    [1e-300, 4e-300, false, ["1e-300", "2e-300", "3e-300", "4e-300"]],
    [0.001, 1, true, ["0.001", "0.01", "0.1", "1"]],
    [1e-300, 1e300, true, ["1e-200", "1", "1e200"]],
  ])("from %d to %d (log: %s) has marks that can be read", (least, greatest, isLog, words) => {
    expect(marks(least, greatest, isLog)).toEqual(words);
  });

  it.each([
    [5, 5], [0, 0], [1e300, 1e300], [-1.7e308, 1.7e308], [5e-324, 5e-324], [1, 1.0000000001], [-1e-300, 1e-300],
  ])("from %d to %d has a range, and some marks within it", (least, greatest) => {
    for (const isLog of least > 0 ? [false, true] : [false]) {
      const scale = scaleFor(least, greatest, isLog);
      const range = rangeOf(least, greatest, scale);
      expect(range.every(Number.isFinite)).toBe(true);
      expect(range[0]).toBeLessThan(range[1]);
      const places = marksOf(range, scale, 5);
      expect(places.length).toBeGreaterThan(0);
      expect(places.length).toBeLessThan(12);
      for (const place of places) expect(place >= range[0] - 1e-9 && place <= range[1] + 1e-9).toBe(true);
    }
  }); // prettier-ignore

  it("has several different marks on a logarithm within a decade", () => {
    const words = marks(0.21, 0.34, true);
    expect(words.length).toBeGreaterThan(1);
    expect(new Set(words).size).toBe(words.length);
  });

  it("counts whole steps only", () => {
    expect(linearMarks([1, 3], 8, true)).toEqual([1, 2, 3]);
    expect([800, 12_000, 1_500_000, 0.5].map(stepMark)).toEqual(["800", "12k", "1.5M", "0.5"]);
  });
});

describe("a value in words", () => {
  it.each([
    [0.975, "0.9750"], [12.3456, "12.346"], [1e300, "1.000e300"], [-1.5e-300, "-1.500e-300"], [0, "0"],
    [123456.7, "123457"], [null, "no number"], [undefined, "–"],
  ])("%s is %s", (value, words) => {
    expect(valueWords(value)).toBe(words);
  }); // prettier-ignore
});

describe("columns", () => {
  const scale = scaleFor(0, 1, false);

  it("have all steps once, gaps, and nothing where another line has a point", () => {
    const columns = columnsOf([[[1, 1], [2, null], [3, 1]], [[2, 5], [2, 6], [9, 7]]], scale); // prettier-ignore
    expect(columns.steps).toEqual([1, 2, 3, 9]);
    expect(columns.places).toEqual([[1, null, 1, undefined], [undefined, 6, undefined, 7]]); // prettier-ignore
  });

  it("have gaps where there is no logarithm", () => {
    expect(columnsOf([[[1, 10], [2, 0], [3, -4]]], scaleFor(1, 10, true)).places).toEqual([[1, null, null]]); // prettier-ignore
  });

  it("are no longer than what can be seen, closer up too", () => {
    const points = Array.from({ length: 50_000 }, (_, step): Point => [step, Math.sin(step)]);
    expect(drawnPoints(points, null, 300).length).toBeLessThanOrEqual(300);
    const near = drawnPoints(points, [100, 200], 300);
    expect(near).toHaveLength(103);
  });

  it("know which points stand alone", () => {
    expect(lonePoints([1, null, 2, undefined, 3, null, 4])).toEqual([0, 6]);
    expect(lonePoints([undefined, 5, undefined])).toEqual([1]);
    expect(lonePoints([1, undefined, 2])).toEqual([]);
  });

  it("have ranges, of one point too, and none without a number", () => {
    expect(stepRange([[[7, 1]]])).toEqual([6, 8]);
    expect(stepRange([[], []])).toBeNull();
    expect(extremesOf([[[1, null]], [[1, 3], [2, -1]]])).toEqual([-1, 3]); // prettier-ignore
    expect(extremesOf([[[1, null]]])).toBeNull();
  });
});

describe("a chart's table", () => {
  it("has rows where the line of the fewest points has some, and the newest", () => {
    const often = Array.from({ length: 101 }, (_, step): Point => [step, step]);
    const rarely: Point[] = [[0, 5], [50, 6], [99, 7]]; // prettier-ignore
    expect(tableOf([often, rarely], 12)).toEqual([
      { step: 0, values: [0, 5] },
      { step: 50, values: [50, 6] },
      { step: 100, values: [100, 7] },
    ]);
  });

  it("has so many rows at most, and one for one point", () => {
    const long = Array.from({ length: 1000 }, (_, step): Point => [step, step]);
    expect(tableOf([long], 12).length).toBeLessThanOrEqual(12);
    expect(tableOf([long], 12).at(-1)).toEqual({ step: 999, values: [999] });
    expect(tableOf([[[4, 2]]], 12)).toEqual([{ step: 4, values: [2] }]);
    expect(tableOf([[]], 12)).toEqual([]);
  });
});
