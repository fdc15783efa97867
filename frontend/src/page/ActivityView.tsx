/** What happened in all runs and on this server. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { ActivityFeed } from "../view/Activity";
import { Section } from "../view/Section";
import { whyNotNow } from "../view/Status";
import { PlaceFrame } from "./PlaceFrame";
import type { Go } from "./use_place";

export function ActivityView({ view }: { view: FeedView; query: string; go: Go }): JSX.Element {
  const { state } = view;
  return (
    <PlaceFrame view={view} isFilled={state.activity.length > 0}>
      <Section title="Activity">
        <ActivityFeed
          activity={state.activity}
          runs={state.runs}
          loadOlder={view.rest ? (before) => view.asking.loadActivity(before) : null}
          say={(text) => view.asking.control({ action: "note", text, runId: null })}
          whyNot={whyNotNow(view.feeding)}
        />
      </Section>
    </PlaceFrame>
  );
}
