/** The places beside the first: their code is fetched once the page is there, or when one is gone to before. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { FeedView } from "../transport/feed_view";
import { fetchCode, useLateCode } from "./late_code";
import { isHeard, PlaceFrame, PlaceSkeleton, Unheard } from "./PlaceFrame";
import type { Place } from "./places";
import type { Go } from "./use_place";

export interface PlaceProps {
  view: FeedView;
  place: Place;
  go: Go;
}

type Shows = (props: PlaceProps) => JSX.Element | null;

const LATER_MS = 1500;
const CODE: Record<Exclude<Place["at"], "now">, () => Promise<Shows>> = {
  history: async () => {
    const { HistoryView } = await import("./HistoryView");
    return ({ view, place, go }) => (place.at === "history" ? <HistoryView view={view} asked={place.query} go={go} /> : null);
  },
  compare: async () => {
    const { CompareView } = await import("./CompareView");
    return ({ view, place, go }) => (place.at === "compare" ? <CompareView view={view} runIds={place.runIds} go={go} /> : null);
  },
  health: async () => {
    const { HealthView } = await import("./HealthView");
    return ({ view, place, go }) => (place.at === "health" ? <HealthView view={view} query={place.query} go={go} /> : null);
  },
  activity: async () => {
    const { ActivityView } = await import("./ActivityView");
    return ({ view, place, go }) => (place.at === "activity" ? <ActivityView view={view} query={place.query} go={go} /> : null);
  },
  models: async () => {
    const { ModelsView } = await import("./ModelsView");
    return ({ view, place, go }) => (place.at === "models" ? <ModelsView view={view} query={place.query} go={go} /> : null);
  },
};

/** Fetch the code of all places a moment after the page has come: the server may be away later. */
export function useAllPlaces(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // One that does not come is asked for when it is gone to, and then told of.
      for (const load of Object.values(CODE)) fetchCode(load).catch(() => undefined);
    }, LATER_MS);
    return () => clearTimeout(timer);
  }, []);
}

export function LatePlace(props: PlaceProps & { at: Exclude<Place["at"], "now"> }): JSX.Element | null {
  const { view, place, at } = props;
  const { code, problem, again } = useLateCode(CODE[at]);
  if (code !== null && isHeard(view)) return code({ view, place, go: props.go });
  return (
    <PlaceFrame view={view} isFilled={false}>
      {!isHeard(view) ? (
        <Unheard view={view} />
      ) : problem ? (
        <Lost problem={problem} again={again} />
      ) : (
        <PlaceSkeleton />
      )}
    </PlaceFrame>
  );
}

/** The server did not hand over the code of a place. */
function Lost({ problem, again }: { problem: string; again: () => void }): JSX.Element {
  return (
    <section class="jpp-nothing" role="alert">
      <h2>This place could not be loaded</h2>
      <p>Its code did not come from the server, which may be starting anew or be busy. Runs go on meanwhile.</p>
      <p class="jpp-hint jpp-nothing-why">{problem}</p>
      <p>
        <button type="button" class="jpp-button" onClick={again}>
          Try again
        </button>
      </p>
    </section>
  );
}
