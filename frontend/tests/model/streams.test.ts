/** The golden streams, in TypeScript; `tests/core/test_streams.py` has the same test in Python. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyMessages } from "../../src/model/view";
import { readRun } from "../../src/model/reading";
import { EMPTY, type ViewState } from "../../src/model/view_state";
import type { Message } from "../../src/model/wire";

const FOLDER = join(import.meta.dirname, "../../../tests/fixtures/streams");

interface Stream {
  description: string;
  messages: Message[];
  expected: {
    applied: string[];
    log_id: string;
    offset: number;
    runs: Record<string, unknown>;
    activity: { id: string; text: string; level: string }[];
    models: unknown;
    health: { status?: string } | null;
  };
}

function load(file: string): Stream {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Stream;
}

function replay(messages: Message[]): { state: ViewState; applied: string[] } {
  let state = EMPTY;
  const applied = messages.map((message) => {
    const next = applyMessages(state, [message], 0);
    const isSame = next.state === state;
    state = next.state;
    return next.isGap ? "gap" : isSame ? "ignored" : "changed";
  });
  return { state, applied };
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

it("finds the golden streams", () => {
  expect(files.length).toBeGreaterThanOrEqual(7);
});

describe.each(files)("%s", (file) => {
  const { messages, expected } = load(file);
  const { state, applied } = replay(messages);

  it("applies, ignores and refuses the same messages", () => {
    expect(applied).toEqual(expected.applied);
  });

  it("ends at the same position", () => {
    expect([state.logId, state.offset]).toEqual([expected.log_id, expected.offset]);
  });

  it("reduces to the same runs", () => {
    const runs = Object.values(expected.runs).map(readRun);
    expect([...state.runs.values()]).toEqual(runs);
  });

  it("has the same feed, models and health", () => {
    const told = state.activity.map(({ id, text, level }) => ({ id, text, level }));
    expect(told).toEqual(expected.activity.map(({ id, text, level }) => ({ id, text, level })));
    const models = Array.isArray(expected.models)
      ? expected.models
      : Object.values(expected.models as object);
    expect(state.models).toEqual(models);
    expect(state.health?.status ?? null).toEqual(expected.health?.status ?? null);
  });

  it("comes to the same state when everything comes twice", () => {
    if (expected.applied.includes("gap")) return;
    const twice = replay(messages.flatMap((message) => [message, message]));
    expect(twice.state.runs).toEqual(state.runs);
    expect(twice.state.activity).toEqual(state.activity);
    expect(twice.state.notices).toEqual(state.notices);
  });
});
