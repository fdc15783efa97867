/** What every place but the first stands in: one column, with the caution that concerns all that is shown. */

import type { ComponentChildren, JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { Caution, isCautioned } from "../view/Caution";
import { Level } from "../view/Section";
import { Bone, RowsSkeleton, Skeleton } from "../view/Skeleton";
import { Main } from "./landmarks";

interface PlaceFrameProps {
  view: FeedView;
  /** Something is shown that may have grown old. */
  isFilled: boolean;
  children: ComponentChildren;
}

/** Whether anything was heard of the server: before, no empty list means that there is nothing. */
export function isHeard({ state }: FeedView): boolean {
  return state.logId !== null;
}

/** Before anything is heard. Why nothing comes stands above. */
export function Unheard({ view, children }: { view: FeedView; children?: ComponentChildren }): JSX.Element | null {
  return isCautioned(view) ? null : <>{children ?? <PlaceSkeleton />}</>;
}

/** A place whose content, or whose code, is under way. */
export function PlaceSkeleton(): JSX.Element {
  return (
    <Skeleton of="this place">
      <p>
        <Bone length="long" />
      </p>
      <RowsSkeleton count={8} />
    </Skeleton>
  );
}

export function PlaceFrame({ view, isFilled, children }: PlaceFrameProps): JSX.Element {
  return (
    <Main class="jpp-main jpp-place jpp">
      <Caution view={view} isSaved={isFilled} />
      <Level.Provider value="h2">{children}</Level.Provider>
    </Main>
  );
}
