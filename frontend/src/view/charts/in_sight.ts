/** Whether an element is in sight, or nearly: of hundreds of charts only those are drawn. */

import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

const NEARLY = 600; // pixels above and below

export function useInSight(element: RefObject<HTMLElement | null>): boolean {
  const [isInSight, setInSight] = useState(false);
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return;
    // What stands on the screen is drawn in the frame that shows its place.
    const { top, bottom } = watched.getBoundingClientRect();
    setInSight(bottom > -NEARLY && top < innerHeight + NEARLY);
    const watching = new IntersectionObserver((entries) => setInSight(entries.at(-1)!.isIntersecting), {
      rootMargin: `${NEARLY}px`,
    });
    watching.observe(watched);
    return () => watching.disconnect();
  }, []);
  return isInSight;
}
