/** The view's styles, for what mounts it in a document of others. */

import plotCss from "uplot/dist/uPlot.min.css";
import activityCss from "./activity.css";
import candidatesCss from "./candidates.css";
import cautionCss from "./caution.css";
import chartsCss from "./charts.css";
import controlsCss from "./controls.css";
import detailsCss from "./details.css";
import factsCss from "./facts.css";
import formsCss from "./forms.css";
import iconsCss from "./icons.css";
import outputCss from "./output.css";
import panelCss from "./panel.css";
import partsCss from "./parts.css";
import progressCss from "./progress.css";
import runRowsCss from "./run_rows.css";
import { installSheet } from "./sheets";
import skeletonCss from "./skeleton.css";
import stagesCss from "./stages.css";

/** In this order, as `page.css` has them: of two rules that are as strong, the later one holds. */
const SHEETS = [
  plotCss, panelCss, progressCss, activityCss, controlsCss, iconsCss, cautionCss, detailsCss, factsCss, runRowsCss,
  formsCss, stagesCss, candidatesCss, chartsCss, outputCss, partsCss, skeletonCss,
]; // prettier-ignore

const VIEW = SHEETS.join("\n");

export function installStyles(element: HTMLElement): void {
  installSheet(element, VIEW, true);
}
