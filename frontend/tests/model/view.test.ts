import { describe, expect, it } from "vitest";
import { noticeWithinRun } from "../../src/model/notices";
import { readSnapshot } from "../../src/model/reading";
import { statusAfter, TRANSITIONS } from "../../src/model/transitions";
import { applyMessages, applySnapshot } from "../../src/model/view";
import { EMPTY, type ViewState } from "../../src/model/view_state";
import type { Message, RunStatus } from "../../src/model/wire";

const RUN = "20261122-100000-0000002a";

function snapshotAt(offset: number, runs: unknown[] = []): ViewState {
  const answer = { log_id: "a", offset, runs, activity: [], models: [], health: null };
  return applySnapshot(EMPTY, readSnapshot(answer)!, 0);
}

function event(type: string, offset: number, payload: unknown, runId: string | null = RUN): Message {
  return { type, offset, time: "2026-11-22T10:00:00Z", run_id: runId, data: payload };
}

describe("notices", () => {
  const running = { run_id: RUN, name: "digits", status: "running" };

  it("tell of a completion, a failure, a change of health and a deployment", () => {
    const failed = { type: "ValueError", message: "bad column" };
    const { state } = applyMessages(
      snapshotAt(0, [running]),
      [
        event("health_changed", 1, { from: "green", to: "red", reasons: ["memory at 97 %"] }, null),
        event("model_deployed", 2, { name: "digits", version: 2, previous: 1 }),
        event("training_failed", 3, { error: failed }),
      ],
      0,
    );
    expect(state.notices.map(({ level, title, text }) => [level, title, text])).toEqual([
      ["error", "Health is red", "memory at 97 %"],
      ["success", "digits version 2 is in service", "In place of version 1"],
      ["error", "digits failed", "ValueError: bad column"],
    ]);
  });

  it("tell of an end that came while the view was away, and of none that it found", () => {
    const ended = { ...running, status: "completed", end_time: "2026-11-22T10:00:00Z" };
    const answer = { log_id: "a", offset: 9, runs: [ended], activity: [], models: [] };
    const away = applySnapshot(snapshotAt(0, [running]), readSnapshot(answer)!, 0);
    expect(away.notices.map((notice) => notice.title)).toEqual(["digits finished"]);
    expect(applySnapshot(EMPTY, readSnapshot(answer)!, 0).notices).toEqual([]);
  });

  it("tell of a change of health and a deployment that came while the view was away, as those who heard them", () => {
    const line = (offset: number, kind: string, level: string, text: string): unknown => ({
      id: `${offset}`, time: "2026-11-22T10:00:00Z", kind, level, text, who: "", run_id: null, offset,
    }); // prettier-ignore
    const activity = [
      line(9, "note", "info", "Health went from green to red"),
      line(8, "model_deployed", "success", "digits, two version 2 is in service, in place of version 1"),
      line(6, "health_changed", "error", "Health went from yellow to red: memory at 97 %"),
      line(4, "health_changed", "warning", "Health went from green to yellow"),
      line(2, "health_changed", "success", "Health went from yellow to green"),
    ];
    const answer = { log_id: "a", offset: 9, runs: [], activity, models: [] };
    const away = applySnapshot(snapshotAt(3), readSnapshot(answer)!, 0);
    const { state: heard } = applyMessages(
      snapshotAt(4),
      [
        event("health_changed", 5, { from: "yellow", to: "red", reasons: ["memory at 97 %"] }, null),
        event("activity_update", 6, activity[2], null),
        event("model_deployed", 7, { name: "digits, two", version: 2, previous: 1 }, null),
      ],
      0,
    );
    expect(away.notices).toEqual(heard.notices);
    expect(away.notices.map((notice) => notice.title)).toEqual(["Health is red", "digits, two version 2 is in service"]);
    // Of another log, and where the view came only now, none is news.
    expect(applySnapshot(snapshotAt(3), readSnapshot({ ...answer, log_id: "b" })!, 0).notices).toEqual([]);
    expect(applySnapshot(EMPTY, readSnapshot(answer)!, 0).notices).toEqual([]);
  });

  it("say of a run that was stopped that it was, and how far it came", () => {
    const result = { stopped: true, steps: { done: 371, total: 30_000 }, test: { accuracy: 0.9 } };
    const ended = { ...running, status: "completed", end_time: "2026-11-22T10:00:00Z", result };
    const answer = { log_id: "a", offset: 9, runs: [ended], activity: [], models: [] };
    const { notices, runs } = applySnapshot(snapshotAt(0, [running]), readSnapshot(answer)!, 0);
    expect(notices.map((notice) => notice.title)).toEqual(["digits stopped at step 371 of 30,000"]);
    expect(noticeWithinRun(notices[0]!, runs.get(RUN)!).title).toBe("Stopped at step 371 of 30,000");
  });
});

describe("the table of transitions", () => {
  it("lets nothing change a run that has completed or was cancelled", () => {
    for (const status of ["completed", "cancelled"] as const) {
      expect(TRANSITIONS[status]).toEqual({});
    }
  });

  it("takes no inherited name for an event", () => {
    const statuses = Object.keys(TRANSITIONS).filter((status) => status !== "absent");
    for (const status of statuses as RunStatus[]) {
      expect(statusAfter(status, "toString")).toBeNull();
    }
  });
});

describe("what is hostile or broken", () => {
  it.each([null, 3, "text", [], { type: 3 }, { type: "snapshot" }, { type: "snapshot", data: [] }])(
    "%j leaves the state as it was",
    (message) => {
      const state = snapshotAt(5);
      const messages = [message].filter((item) => typeof item === "object" && item !== null);
      expect(applyMessages(state, messages as Message[], 0).state).toBe(state);
    },
  );

  it("is read into empty values, not passed on", () => {
    const nonsense = {
      run_id: RUN,
      name: 3,
      status: "exploding",
      stages: [null, 7, { id: "a", progress: 1e9 }],
      progress: -4,
      metrics: [],
      error: "no",
      result: { test: "no", confusion_matrix: [["x"]], classes: 3 },
      estimated_range: [1],
      tags: [1, "kept"],
    };
    const { state } = applyMessages(
      snapshotAt(0, [{ run_id: RUN, status: "running" }]),
      [{ type: "training_progress", after: 0, revision: 1, run_id: RUN, data: nonsense }],
      0,
    );
    const run = state.runs.get(RUN)!;
    expect(run).toMatchObject({
      name: RUN,
      status: "queued",
      progress: 0,
      tags: ["kept"],
      error: null,
      estimated_range: null,
    });
    expect(run.stages.map(({ id, progress }) => [id, progress])).toEqual([["a", 100]]);
    expect(run.result).toMatchObject({ test: null, confusion_matrix: [[0]], classes: null });
  });
});

it("leaves out a snapshot that is older than what is known", () => {
  const state = snapshotAt(9, [{ run_id: RUN, status: "running", progress: 80 }]);
  const older = readSnapshot({ log_id: "a", offset: 4, runs: [] })!;
  expect(applySnapshot(state, older, 0)).toBe(state);
});
