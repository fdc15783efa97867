/** Several panels of one run, and what tells its end: one of them, or Jupyter. */

import { render } from "preact";
import { registry } from "../../../src/registry";
import { RunPanel } from "../../../src/view/Panel";
import { answer, feedOf, Kernel, pass, place } from "./scene";

const PANELS = 3;
const ENDED = { status: "completed", end_time: "2026-11-22T10:00:09.000Z", updated_time: "2026-11-22T10:00:09.000Z" };

/** How many notices are shown at each moment after the run's end. */
async function toldAtEnd(): Promise<number[]> {
  const kernels = Array.from({ length: PANELS }, () => new Kernel());
  const panels = kernels.map((kernel) => {
    const element = place();
    render(<RunPanel feed={feedOf(kernel)} show={null} />, element);
    return element;
  });
  for (const kernel of kernels) kernel.show("live");
  await pass(100);
  for (const kernel of kernels) kernel.show("live", ENDED);
  const counts: number[] = [];
  for (let moment = 0; moment < 3; moment += 1) {
    await pass(100);
    counts.push(document.querySelectorAll(".jpp-notice").length);
  }
  for (const kernel of kernels) kernel.end();
  for (const panel of panels) {
    render(null, panel);
    panel.remove();
  }
  return counts;
}

answer(async () => {
  const alone = await toldAtEnd();
  registry().isToldByJupyter = () => true;
  return { alone, beside: await toldAtEnd() };
});
