/** One run's own activity: its newest lines in a small view, all of them in an open one. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Activity, RunState } from "../model/wire";
import type { PanelFeed } from "../transport/panel_feed";
import { ActivityFeed, ActivityList, SHOWN_AT_FIRST } from "./Activity";
import { whyNotNow } from "./Status";
import { useFeed } from "./use_feed";

const NEWEST = 3;
const FIRST_KINDS: ReadonlySet<string> = new Set(["training_queued", "training_started"]);

/** A run's lines; those of an older one are asked for, since the newest of all runs hold few of them or none. */
function useRunActivity(feed: PanelFeed, runId: string, wanted: number): Activity[] {
  useFeed(feed); // a line may come without anything new in the run that is handed down
  const known = feed.activityOf(runId);
  const isEnough = known.length >= wanted || known.some((told) => FIRST_KINDS.has(told.kind));
  const canAsk = feed.rest !== null;
  useEffect(() => {
    if (!canAsk || isEnough) return;
    feed.loadRunActivity(runId, null).catch((error: unknown) => console.warn(error));
  }, [runId, canAsk, isEnough]);
  return known;
}

interface RunActivityProps {
  feed: PanelFeed;
  run: RunState;
}

export function NewestActivity({ feed, run }: RunActivityProps): JSX.Element {
  const activity = useRunActivity(feed, run.run_id, NEWEST);
  return <ActivityList activity={activity.slice(0, NEWEST)} runName={run.name} />;
}

export function RunActivity({ feed, run }: RunActivityProps): JSX.Element {
  return (
    <ActivityFeed
      activity={useRunActivity(feed, run.run_id, SHOWN_AT_FIRST)}
      loadOlder={feed.rest ? (before) => feed.loadRunActivity(run.run_id, before) : null}
      say={(text) => feed.control({ action: "note", text, runId: run.run_id })}
      whyNot={whyNotNow(feed.feeding)}
      runName={run.name}
    />
  );
}
