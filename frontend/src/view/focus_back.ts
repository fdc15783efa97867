/** The focus goes into what opens, and back to what has opened it once that closes. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface FocusBack {
  inside: RefObject<HTMLButtonElement | null>;
  opener: RefObject<HTMLButtonElement | null>;
}

export function useFocusBack(isOpen: boolean): FocusBack {
  const inside = useRef<HTMLButtonElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (isOpen) inside.current?.focus();
    else if (wasOpen.current) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return { inside, opener };
}
