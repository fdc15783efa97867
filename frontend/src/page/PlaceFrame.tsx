/** What every place but the first stands in: one column, with the caution that concerns all that is shown. */

import type { ComponentChildren, JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { Caution } from "../view/Caution";
import { Level } from "../view/Section";

interface PlaceFrameProps {
  view: FeedView;
  /** Something is shown that may have grown old. */
  isFilled: boolean;
  children: ComponentChildren;
}

export function PlaceFrame({ view, isFilled, children }: PlaceFrameProps): JSX.Element {
  return (
    <main class="jpp-main jpp-place jpp">
      <Caution view={view} isSaved={isFilled} />
      <Level.Provider value="h2">{children}</Level.Provider>
    </main>
  );
}
