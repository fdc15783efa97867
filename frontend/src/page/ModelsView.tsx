/** The registered models. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { Section } from "../view/Section";
import { Models } from "./Models";
import { PlaceFrame } from "./PlaceFrame";
import type { Go } from "./use_place";

export function ModelsView({ view }: { view: FeedView; query: string; go: Go }): JSX.Element {
  return (
    <PlaceFrame view={view} isFilled={view.state.models.length > 0}>
      <Section title="Models">
        <Models view={view} />
      </Section>
    </PlaceFrame>
  );
}
