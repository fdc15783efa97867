/** The notices that a view is the one to tell, as cards. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Notice } from "../model/view_state";
import { registry } from "../registry";
import { tellNotices } from "../telling";
import type { PanelFeed } from "../transport/panel_feed";

export interface Told {
  /** What is to be shown, oldest first. */
  notices: readonly Notice[];
  dismiss(notice: Notice): void;
  /** For the element whose place on the screen says whether the cards are seen. */
  place: RefObject<HTMLElement | null>;
}

interface Telling {
  tells?: (notice: Notice) => boolean;
  /** False: only the browser can tell it. */
  canShow?: boolean;
  open?: (notice: Notice) => void;
}

/** The same for a panel, which leaves to Jupyter's own notifications what they tell. */
export function usePanelTelling(feed: PanelFeed, telling: Telling): Told {
  const tells = (notice: Notice): boolean =>
    !registry().isToldByJupyter?.(notice) && (telling.tells?.(notice) ?? true);
  return useTelling(feed, { ...telling, tells });
}

/** A hidden tab draws nothing, so this goes by the feed. */
export function useTelling(feed: PanelFeed, telling: Telling): Told {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const asked = useRef(telling);
  asked.current = telling;
  const place = useRef<HTMLElement>(null);
  const canShow = telling.canShow ?? true;
  const dismiss = ({ key }: Notice): void => setNotices((all) => all.filter((other) => other.key !== key));
  useEffect(() => {
    const show = (notice: Notice): (() => void) => {
      setNotices((all) => [...all, notice]);
      return () => dismiss(notice);
    };
    return tellNotices(feed, {
      tells: (notice) => asked.current.tells?.(notice) ?? true,
      show: canShow ? show : null,
      isInSight: () => isInSight(place.current),
      open: (notice) => asked.current.open?.(notice),
    });
  }, [feed, canShow]);
  return { notices, dismiss, place };
}

function isInSight(element: HTMLElement | null): boolean {
  if (!element?.checkVisibility()) return false;
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
