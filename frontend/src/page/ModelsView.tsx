/** The registered models. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { Section } from "../view/Section";
import { Models } from "./Models";
import { PlaceFrame } from "./PlaceFrame";

export function ModelsView({ view }: { view: FeedView }): JSX.Element {
  return (
    <PlaceFrame view={view} isFilled={view.state.models.length > 0}>
      <Section title="Models">
        <Models view={view} />
      </Section>
    </PlaceFrame>
  );
}
