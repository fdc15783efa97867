/** One run's own activity: its newest lines in a small view, all of them in an open one. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Activity, RunState } from "../model/wire";
import { activityOf, type FeedView } from "../transport/feed_view";
import { ActivityFeed, ActivityList, SHOWN_AT_FIRST } from "./Activity";
import { whyNotNow } from "./Status";

const NEWEST = 3;
const FIRST_KINDS: ReadonlySet<string> = new Set(["training_queued", "training_started"]);

/** A run's lines; those of an older one are asked for, since the newest of all runs hold few of them or none. */
function useRunActivity(view: FeedView, runId: string, wanted: number): Activity[] {
  const known = activityOf(view, runId);
  const isEnough = known.length >= wanted || known.some((told) => FIRST_KINDS.has(told.kind));
  const canAsk = view.rest !== null;
  useEffect(() => {
    if (!canAsk || isEnough) return;
    view.asking.loadRunActivity(runId, null).catch((error: unknown) => console.warn(error));
  }, [runId, canAsk, isEnough]);
  return known;
}

interface RunActivityProps {
  view: FeedView;
  run: RunState;
}

export function NewestActivity({ view, run }: RunActivityProps): JSX.Element {
  const activity = useRunActivity(view, run.run_id, NEWEST);
  const newest = activity.slice(0, NEWEST);
  return <ActivityList activity={newest} runName={run.name} isFailureTold={run.error !== null} />;
}

export function RunActivity({ view, run }: RunActivityProps): JSX.Element {
  return (
    <ActivityFeed
      activity={useRunActivity(view, run.run_id, SHOWN_AT_FIRST)}
      loadOlder={view.rest ? (before) => view.asking.loadRunActivity(run.run_id, before) : null}
      say={(text) => view.asking.control({ action: "note", text, runId: run.run_id })}
      whyNot={whyNotNow(view.feeding)}
      runName={run.name}
      isFailureTold={run.error !== null}
    />
  );
}
