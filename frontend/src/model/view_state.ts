/** All that a view knows, at a position of a log; immutable, so that views can share it. */

import type { Activity, Health, ModelSummary, RunState, Series } from "./wire";

export type NoticeLevel = "success" | "warning" | "error" | "info";

/** Something that a person is told once, wherever they look. */
export interface Notice {
  key: string;
  /** A newer notice of the same topic takes the place of an older one. */
  topic: string;
  level: NoticeLevel;
  title: string;
  text: string;
  run_id: string | null;
}

/** What is known of a run's metrics over its steps. */
export interface RunSeries {
  series: Series;
  /** The metrics of which nothing between the first and the last step is missing; a run may have none of some. */
  whole: ReadonlySet<string>;
  /** Those that were asked for: somebody looks at them. */
  asked: ReadonlySet<string>;
}

export interface ViewState {
  logId: string | null;
  offset: number;
  server: Record<string, unknown>;
  health: Health | null;
  runs: ReadonlyMap<string, RunState>;
  activity: readonly Activity[];
  models: readonly ModelSummary[];
  series: ReadonlyMap<string, RunSeries>;
  notices: readonly Notice[];
  revisions: ReadonlyMap<string, number>;
  /** The offset of a run's newest durable message. */
  runOffsets: ReadonlyMap<string, number>;
  /** When a run's state was last heard of, in this page's clock; what moves on between updates. */
  heardAt: ReadonlyMap<string, number>;
}

export const EMPTY: ViewState = {
  logId: null,
  offset: 0,
  server: {},
  health: null,
  runs: new Map(),
  activity: [],
  models: [],
  series: new Map(),
  notices: [],
  revisions: new Map(),
  runOffsets: new Map(),
  heardAt: new Map(),
};

export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): Map<K, V> {
  return new Map(map).set(key, value);
}

export function withoutRepeats(activity: readonly Activity[]): Activity[] {
  return [...new Map(activity.map((told) => [told.id, told])).values()];
}

/** Newest first: a run's id begins with the time of its making. */
export function runsNewestFirst(state: ViewState): RunState[] {
  return [...state.runs.values()].sort((a, b) => (a.run_id < b.run_id ? 1 : -1));
}
