/** What runs are looked for by: the address and back, and which runs fit. */

import { describe, expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import { estimatorOf, isLessBetter, mainScore, metricOf } from "../../src/model/run_facts";
import { EVERYTHING, fits, isNarrowed, readBound, readQuery, shownMetric, sortedBy, writeQuery } from "../../src/model/run_query";
import type { RunState } from "../../src/model/wire";

function run(more: Record<string, unknown> = {}): RunState {
  return readRun({
    run_id: "20261122-100000-0000002a",
    name: "Deep forest",
    status: "completed",
    tags: ["night", "a, b"],
    spec: { estimator: { class: "sklearn.ensemble.RandomForestClassifier" } },
    result: { test: { accuracy: 0.9, f1_macro: 0.8 } },
    metrics: { "val/loss": 0.25 },
    ...more,
  })!;
}

describe("the address", () => {
  it.each([
    "",
    "q=deep+forest",
    "status=completed&status=failed&tag=a%2C+b&tag=night",
    "estimator=SVC&metric=test.accuracy%3E%3D0.9&metric=metrics.val%2Floss%3C-1e-7&sort=-test.accuracy",
    "sort=oldest",
  ])("is read and written again: %s", (said) => {
    expect(writeQuery(readQuery(said))).toBe(said);
  });

  it.each([
    ["status=done&status=failed", "status=failed"],
    ["sort=age", ""],
    ["sort=-newest", ""],
    ["metric=accuracy%3E1&metric=test.a%3Enan&metric=test.a%3E1e999", ""],
    ["q=%F0%9F&tag=&x=1", "q=%EF%BF%BD"],
    [`q=${"w".repeat(500)}`, `q=${"w".repeat(200)}`],
    ["q=a+b+c+d+e+f+g+h+i+j+k+l", "q=a+b+c+d+e+f+g+h+i+j"],
    ["tag=x&tag=x", "tag=x"],
  ])("that says what cannot be meant is read without it: %s", (said, read) => {
    expect(writeQuery(readQuery(said))).toBe(read);
  });

  it("keeps a query that the server takes, however many tags it names", () => {
    const tags = Array.from({ length: 30 }, (_, number) => `tag=${number}`).join("&");
    expect(readQuery(tags).tags).toHaveLength(20);
  });
});

describe("a run", () => {
  it.each([
    ["q=FOREST+night", true],
    ["q=forestclass", true],
    ["q=0000002a", true],
    ["q=night+day", false],
    ["status=failed&status=completed", true],
    ["status=failed", false],
    ["tag=night&tag=a%2C+b", true],
    ["tag=night&tag=b", false],
    ["estimator=svc&estimator=randomforestclassifier", true],
    ["estimator=sklearn.ensemble.RandomForestClassifier", true],
    ["estimator=Forest", false],
    ["metric=test.accuracy%3E%3D0.9&metric=metrics.val%2Floss%3C0.5", true],
    ["metric=test.accuracy%3E0.9", false],
    ["metric=test.constructor%3E0", false],
    ["metric=metrics.__proto__%3E0", false],
  ])("is found by %s: %s", (said, isFound) => {
    expect(fits(run(), readQuery(said))).toBe(isFound);
  });

  it("has the score of its test rows, else its last live one", () => {
    expect(mainScore(run())).toEqual({ name: "accuracy", value: 0.9, isLive: false });
    expect(mainScore(run({ result: { test: { mae: 1, r2: 0.5 } } }))?.value).toBe(0.5);
    const live = { result: null, live_score: { name: "f1", value: 0.75 }, live_accuracy: 0.5 };
    expect(mainScore(run(live))).toEqual({ name: "f1", value: 0.75, isLive: true });
    expect(mainScore(run({ result: null }))).toBeNull();
  });

  it("says its estimator, or what its worker found it to be", () => {
    expect(estimatorOf(run())).toBe("RandomForestClassifier");
    const stages = [{ id: "initialize", metrics: { estimator: "OwnEstimator" } }];
    expect(estimatorOf(run({ spec: { estimator: { upload: "ab" } }, stages }))).toBe("OwnEstimator");
    expect(estimatorOf(run({ spec: { estimator: [1] } }))).toBe("");
  });

  it("has a metric by its name, and none by a name of JavaScript's", () => {
    expect(metricOf(run(), "metrics.val/loss")).toBe(0.25);
    expect(metricOf(run(), "test.toString")).toBeNull();
  });
});

describe("an order", () => {
  it("is turned by a second press, and begins with the best", () => {
    const first = sortedBy(EVERYTHING, "score", true);
    expect(first.sort).toBe("-score");
    expect(sortedBy(first, "score", true).sort).toBe("score");
    expect(sortedBy(first, "name", false).sort).toBe("name");
    expect(sortedBy(EVERYTHING, "began", true).sort).toBe("oldest");
  });

  it("by a metric gives it a column, as a bound does", () => {
    expect(shownMetric(readQuery("sort=-test.f1_macro&metric=test.accuracy%3E0"))).toBe("test.f1_macro");
    expect(shownMetric(readQuery("sort=name&metric=test.accuracy%3E0"))).toBe("test.accuracy");
    expect(shownMetric(readQuery("sort=-score"))).toBeNull();
    expect(isNarrowed(readQuery("sort=-score"))).toBe(false);
  });

  it("knows by a metric's name whether less of it is better", () => {
    const less = ["metrics.val/loss", "test.mae", "test.neg_log_loss", "metrics.closs", "metrics.train_error", "test.r2"];
    expect(less.map(isLessBetter)).toEqual([true, true, false, false, true, false]);
  });
});

it("a bound's name may hold the signs of relations", () => {
  expect(readBound("metrics.a>b >= 1")).toEqual({ metric: "metrics.a>b", relation: ">=", value: 1 });
});
