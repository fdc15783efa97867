/** Redrawing with a feed: once a frame, however many messages came. */

import { useEffect, useState } from "preact/hooks";
import type { PanelFeed } from "../transport/panel_feed";

export function useFeed(feed: PanelFeed): void {
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
}
