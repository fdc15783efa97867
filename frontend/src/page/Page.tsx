/** The page: its places, one at a time, below what is true of all of them. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import type { PanelFeed } from "../transport/panel_feed";
import { Boundary } from "../view/Boundary";
import { useClock } from "../view/clock";
import { HealthMark } from "../view/HealthBox";
import { Notices } from "../view/Notices";
import { ConnectionMark, isFresh } from "../view/Status";
import { useFeed } from "../view/use_feed";
import { ActivityView } from "./ActivityView";
import { HealthView } from "./HealthView";
import { HistoryView } from "./HistoryView";
import { ModelsView } from "./ModelsView";
import { Navigation } from "./Navigation";
import { NowView } from "./NowView";
import type { Place } from "./places";
import { usePlace, type Go } from "./use_place";

export function Page({ feed }: { feed: PanelFeed }): JSX.Element {
  useClock();
  const view = useFeed(feed);
  const [place, go] = usePlace();
  const { state, feeding } = view;
  const fresh = isFresh(feeding.connection);
  return (
    <div class={fresh ? "jpp-page" : "jpp-page jpp-stale"}>
      <header class="jpp-top">
        <h1>Training runs</h1>
        <Navigation at={place.at} />
        {state.health && <HealthMark health={state.health} />}
        <ConnectionMark feeding={feeding} />
      </header>
      <Boundary what="This place" key={place.at}>
        <Shown view={view} place={place} isFresh={fresh} go={go} />
      </Boundary>
      <Boundary what="Notices">
        <Notices notices={state.notices} />
      </Boundary>
    </div>
  );
}

interface ShownProps {
  view: FeedView;
  place: Place;
  isFresh: boolean;
  go: Go;
}

function Shown({ view, place, isFresh: fresh, go }: ShownProps): JSX.Element {
  switch (place.at) {
    case "now":
      return <NowView view={view} wanted={place.runId} isFresh={fresh} go={go} />;
    case "history":
    case "compare":
      return <HistoryView view={view} />;
    case "health":
      return <HealthView view={view} query={place.query} go={go} />;
    case "activity":
      return <ActivityView view={view} query={place.query} go={go} />;
    case "models":
      return <ModelsView view={view} query={place.query} go={go} />;
  }
}
