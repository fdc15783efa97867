/** The machine's health. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { HealthBox } from "../view/HealthBox";
import { Section } from "../view/Section";
import { PlaceFrame } from "./PlaceFrame";

export function HealthView({ view }: { view: FeedView }): JSX.Element {
  const { health } = view.state;
  return (
    <PlaceFrame view={view} isFilled={health !== null}>
      <Section title="Machine health">
        {health ? <HealthBox health={health} /> : <p class="jpp-empty">Nothing has been measured yet.</p>}
      </Section>
    </PlaceFrame>
  );
}
