/** The view's styles, given to a document once, by the DOM: a strict policy allows no other way. */

import plotCss from "uplot/dist/uPlot.min.css";
import activityCss from "./activity.css";
import candidatesCss from "./candidates.css";
import chartsCss from "./charts.css";
import controlsCss from "./controls.css";
import detailsCss from "./details.css";
import iconsCss from "./icons.css";
import outputCss from "./output.css";
import panelCss from "./panel.css";
import partsCss from "./parts.css";
import progressCss from "./progress.css";
import stagesCss from "./stages.css";

/** In this order, as `page.css` has them: of two rules that are as strong, the later one holds. */
const SHEETS = [
  plotCss, panelCss, progressCss, activityCss, controlsCss, iconsCss, detailsCss, stagesCss, candidatesCss,
  chartsCss, outputCss, partsCss,
]; // prettier-ignore

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

const VIEW = SHEETS.join("\n");

export function installStyles(element: HTMLElement): void {
  installSheet(element, VIEW, true);
}
