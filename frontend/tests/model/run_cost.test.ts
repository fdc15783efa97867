/** What a run costs, against its limits. */

import { describe, expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import { readHealth } from "../../src/model/reading_health";
import { costOf, type Cost } from "../../src/model/run_cost";

const HEALTH = readHealth({ status: "green", cpu: { percent: 50, used: 2, limit: 4 }, memory: { percent: 1, used: 1, limit: 16e9 } });
const RESOURCES = { cpu: 163, memory: 6e8, peak_memory: 8e8, limit: 1e9 };

function costs(more: Record<string, unknown> = {}, health = HEALTH): Record<string, Cost> {
  const run = readRun({
    run_id: "a", kind: "pipeline", status: "running", resources: RESOURCES, monitoring_overhead: 0.01, spec: { max_overhead: 0.03 }, ...more,
  })!; // prettier-ignore
  return Object.fromEntries(costOf(run, health).map((cost) => [cost.name, cost]));
}

describe("the cost of a run", () => {
  it("is against the limits of its processes", () => {
    expect(costs()).toMatchObject({
      CPU: { used: 1.63, limit: 4 },
      Memory: { used: 6e8, peak: 8e8, limit: 1e9, tone: "green" },
      Watching: { used: 0.01, limit: 0.03, tone: "green" },
    });
  });

  it("is against the machine's where it has none of its own, which is no alarm", () => {
    const { Memory } = costs({ resources: { ...RESOURCES, limit: null, memory: 15.9e9 } });
    expect(Memory).toMatchObject({ limit: 16e9, tone: "green" });
    expect(costs({}, null)["CPU"]).toMatchObject({ used: 1.63, limit: null });
  });

  it.each([
    [7.9e8, "green"],
    [8.1e8, "yellow"],
    [9.6e8, "red"],
  ])("of %d bytes of 1 GB is %s", (memory, tone) => {
    expect(costs({ resources: { ...RESOURCES, memory } })["Memory"]!.tone).toBe(tone);
  });

  it("is a warning where watching takes more than it may", () => {
    expect(costs({ monitoring_overhead: 0.05 })["Watching"]!.tone).toBe("yellow");
  });

  it("is of an ended run the most that it used", () => {
    expect(Object.keys(costs({ status: "completed" }))).toEqual(["Memory", "Watching"]);
    expect(costs({ status: "completed" })["Memory"]).toMatchObject({ used: null, peak: 8e8 });
  });

  it("is to come for a pipeline, and not spoken of where nothing measures it", () => {
    const unknown = { resources: null, monitoring_overhead: null };
    expect(Object.keys(costs(unknown))).toEqual(["CPU", "Memory", "Watching"]);
    expect(costs({ ...unknown, kind: "custom" })).toEqual({});
    expect(costs({ ...unknown, status: "failed" })).toEqual({});
  });
});
