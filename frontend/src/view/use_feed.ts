/** Redrawing with a feed: once a frame, however many messages came. */

import { useEffect, useState } from "preact/hooks";
import { viewOf, type FeedView } from "../transport/feed_view";
import type { PanelFeed } from "../transport/panel_feed";

/** The feed as it is now, drawn again whenever it changes. */
export function useFeed(feed: PanelFeed): FeedView {
  const [, redraw] = useState(0);
  useEffect(() => {
    let frame: number | undefined;
    const onFrame = (): void => {
      frame = undefined;
      redraw((count) => count + 1);
    };
    const unlisten = feed.listen(() => {
      frame ??= requestAnimationFrame(onFrame);
    });
    redraw((count) => count + 1);
    return () => {
      unlisten();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [feed]);
  return viewOf(feed);
}
