/** The view's styles, given to a document once, by the DOM: a strict policy allows no other way. */

import plotCss from "uplot/dist/uPlot.min.css";
import detailsCss from "./details.css";
import panelCss from "./panel.css";

const styled = new WeakSet<Document | ShadowRoot>();

export function installStyles(element: HTMLElement): void {
  const root = element.getRootNode();
  const places: (Document | ShadowRoot)[] = [element.ownerDocument];
  if (root instanceof ShadowRoot) places.push(root);
  for (const place of places) {
    if (styled.has(place)) continue;
    styled.add(place);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${plotCss}\n${panelCss}\n${detailsCss}`);
    place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
  }
}
