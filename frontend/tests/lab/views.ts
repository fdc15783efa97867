/** What the parts of the extension are given: a view of runs at one moment. */

import { readRun } from "../../src/model/reading";
import { readHealth } from "../../src/model/reading_health";
import { EMPTY } from "../../src/model/view_state";
import type { RunState } from "../../src/model/wire";
import type { Asking, FeedView } from "../../src/transport/feed_view";
import type { ShownConnection } from "../../src/transport/panel_feed";

export function runNamed(name: string, more: Record<string, unknown> = {}): RunState {
  return readRun({ run_id: name, name, status: "running", stages: [], progress: 40, ...more })!;
}

export const HEALTH = { green: readHealth({ status: "green", reasons: [] }), yellow: readHealth({ status: "yellow", reasons: ["memory at 84 %"] }) };

interface Known {
  connection?: ShownConnection;
  health?: keyof typeof HEALTH;
}

export function viewOf(runs: readonly RunState[], { connection = "live", health = "green" }: Known = {}): FeedView {
  const known = new Map(runs.map((run) => [run.run_id, run]));
  return {
    state: { ...EMPTY, logId: "log-a", offset: 1, runs: known, health: HEALTH[health] },
    run: null,
    isUnknown: false,
    problem: "",
    isOutdated: false,
    baseUrl: null,
    feeding: { connection, via: "socket", heardAt: 0, heartbeatMs: 1000, retry: null },
    rest: null,
    saved: [],
    askedFor: new Map(),
    asking: {} as Asking,
  };
}
