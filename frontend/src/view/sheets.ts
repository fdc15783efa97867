/** Giving a document styles by the DOM: a strict policy allows no other way. */

const styled = new WeakMap<object, Set<string>>();

/**
 * Give a document, and the shadow root that an element may be in, a sheet once. The view's own come
 * first, whichever script of a page was quicker: what builds on them stands after them.
 */
export function installSheet(element: HTMLElement, css: string, isFirst = false): void {
  const root = element.getRootNode();
  const places: (Document | ShadowRoot)[] = [element.ownerDocument];
  if (root instanceof ShadowRoot) places.push(root);
  for (const place of places) {
    const known = styled.get(place) ?? new Set();
    if (known.has(css)) continue;
    styled.set(place, known.add(css));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const others = place.adoptedStyleSheets;
    place.adoptedStyleSheets = isFirst ? [sheet, ...others] : [...others, sheet];
  }
}
