/**
 * Links between places inside another application, whose address they may not touch.
 *
 * A view links to a place by its hash alone. Here a click goes there in memory; what the browser itself offers
 * for a link (a new tab, its address to copy) is about the page, so it is made to lead there once it is pointed at.
 */

import { placeOf } from "./places";
import type { PlaceStore } from "./place_store";

/** A click that asks for this tab; any other is the browser's own. */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/** Take over the links within an element; `page` is the address of the page. */
export function takeLinks(element: HTMLElement, places: PlaceStore, page: string): void {
  const linkOf = (event: Event): HTMLAnchorElement | null =>
    event.target instanceof Element ? event.target.closest("a[href]") : null;
  const hashOf = (link: HTMLAnchorElement): string | null => {
    const href = link.getAttribute("href") ?? "";
    if (href.startsWith("#")) return href;
    return href.startsWith(`${page}#`) ? href.slice(page.length) : null;
  };
  const leadToPage = (event: Event): void => {
    const link = linkOf(event);
    if (link?.getAttribute("href")?.startsWith("#")) link.href = `${page}${link.getAttribute("href")}`;
  };
  element.addEventListener("pointerover", leadToPage);
  element.addEventListener("focusin", leadToPage);
  element.addEventListener("click", (event) => {
    const link = linkOf(event);
    const hash = link && hashOf(link);
    if (hash === null || !isPlain(event)) return;
    event.preventDefault();
    places.go(placeOf(hash));
  });
}
