/** A link to a place, wherever places are kept; opened in a tab of its own, it leads to the page. */

import type { ComponentChildren, JSX } from "preact";
import { useContext } from "preact/hooks";
import type { Place } from "./places";
import { Places } from "./use_place";

interface PlaceLinkProps {
  to: Place;
  class?: string;
  isHere?: boolean;
  title?: string;
  children: ComponentChildren;
}

/** A click that asks for this tab; any other is the browser's own. */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

export function PlaceLink({ to, class: named, isHere, title, children }: PlaceLinkProps): JSX.Element {
  const store = useContext(Places);
  const follow = (event: MouseEvent): void => {
    if (store.followsLinks || !isPlain(event)) return;
    event.preventDefault();
    store.go(to);
  };
  return (
    <a class={named} href={store.hrefOf(to)} title={title} aria-current={isHere ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
