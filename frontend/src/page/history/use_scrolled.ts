/** How far a box is scrolled and how large it is, read once a frame. */

import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface ScrolledBox {
  top: number;
  height: number;
  width: number;
}

export function useScrolled(box: RefObject<HTMLElement | null>): ScrolledBox {
  const [scrolled, setScrolled] = useState<ScrolledBox>({ top: 0, height: 600, width: 1000 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    let frame: number | undefined;
    const read = (): void => {
      frame = undefined;
      const { scrollTop: top, clientHeight: height, clientWidth: width } = element;
      setScrolled((known) => (known.top === top && known.height === height && known.width === width ? known : { top, height, width }));
    };
    const later = (): void => {
      frame ??= requestAnimationFrame(read);
    };
    read();
    element.addEventListener("scroll", later, { passive: true });
    const sizes = new ResizeObserver(later);
    sizes.observe(element);
    return () => {
      element.removeEventListener("scroll", later);
      sizes.disconnect();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, []);
  return scrolled;
}
