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

const styled = new WeakSet<Document | ShadowRoot>();

export function installStyles(element: HTMLElement): void {
  const root = element.getRootNode();
  const places: (Document | ShadowRoot)[] = [element.ownerDocument];
  if (root instanceof ShadowRoot) places.push(root);
  for (const place of places) {
    if (styled.has(place)) continue;
    styled.add(place);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEETS.join("\n"));
    place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
  }
}
