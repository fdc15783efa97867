/** The page: its places, one at a time, below what is true of all of them. */

import type { ComponentChildren, JSX } from "preact";
import { goingOn } from "../model/order";
import type { Notice } from "../model/view_state";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import type { PanelFeed } from "../transport/panel_feed";
import { Announcer } from "../view/Announcer";
import { Boundary } from "../view/Boundary";
import { useClock } from "../view/clock";
import { Freshness } from "../view/freshness";
import { HealthMark } from "../view/HealthBox";
import { Notices } from "../view/Notices";
import { ConnectionMark, isFresh } from "../view/Status";
import { useFeed } from "../view/use_feed";
import { LatePlace, useAllPlaces } from "./LatePlace";
import { Navigation } from "./Navigation";
import { NowView } from "./NowView";
import { Banner } from "./landmarks";
import type { Place } from "./places";
import { usePlace, type Go } from "./use_place";

interface PageProps {
  feed: PanelFeed;
  /** What stands in its header beside the connection. */
  tools?: ComponentChildren;
  /** False where the surroundings tell a person themselves. */
  tells?: boolean;
  /** Go to what a notice of the browser's is about. */
  openNotice?: (notice: Notice) => void;
  isSeen?: boolean;
}

export function Page({ feed, tools, tells = true, openNotice = () => undefined, isSeen = true }: PageProps): JSX.Element {
  useClock(isSeen);
  useAllPlaces();
  const view = useFeed(feed);
  const [place, go] = usePlace();
  const { state, feeding } = view;
  const fresh = isFresh(feeding.connection);
  return (
    <Freshness.Provider value={fresh}>
      <div class={fresh ? "jpp-page" : "jpp-page jpp-stale"}>
        <Banner class="jpp-top">
          <h1>Training runs</h1>
          <Navigation at={place.at} />
          {state.health && <HealthMark health={state.health} />}
          {tools}
          <ConnectionMark feeding={feeding} />
        </Banner>
        <Boundary what="This place" key={place.at}>
          <Shown view={view} place={place} isFresh={fresh} go={go} />
        </Boundary>
        {tells && (
          <Boundary what="Notices">
            <Notices feed={feed} open={openNotice} />
          </Boundary>
        )}
        <Announcer run={spokenOf(view, place)} notices={state.notices} connection={feeding.connection} />
      </div>
    </Freshness.Provider>
  );
}

/** The run whose stages are told: the one that is looked at, else the one at work. */
function spokenOf({ state }: FeedView, place: Place): RunState | null {
  const wanted = place.at === "now" && place.runId !== null ? state.runs.get(place.runId) : undefined;
  return wanted ?? goingOn(state.runs.values())[0] ?? null;
}

interface ShownProps {
  view: FeedView;
  place: Place;
  isFresh: boolean;
  go: Go;
}

function Shown({ view, place, isFresh: fresh, go }: ShownProps): JSX.Element {
  if (place.at === "now") {
    return <NowView view={view} wanted={place.runId} behind={place.behind ?? []} isFresh={fresh} go={go} />;
  }
  return <LatePlace view={view} place={place} at={place.at} go={go} />;
}
