/** Several panels of one run, and what tells its end: one of them, or Jupyter. */

import { render } from "preact";
import { registry } from "../../../src/registry";
import { RunPanel } from "../../../src/view/Panel";
import { answer, feedOf, Kernel, pass, place } from "./scene";

const PANELS = 3;

/** Another end each time: what was told once is not told again. */
function endAt(second: number): Record<string, unknown> {
  const time = `2026-11-22T10:00:0${second}.000Z`;
  return { status: "completed", end_time: time, updated_time: time };
}

/** How many notices are shown at each moment after the run's end. */
async function toldAtEnd(second: number): Promise<number[]> {
  const kernels = Array.from({ length: PANELS }, () => new Kernel());
  const panels = kernels.map((kernel) => {
    const element = place();
    render(<RunPanel feed={feedOf(kernel)} show={null} />, element);
    return element;
  });
  for (const kernel of kernels) kernel.show("live");
  await pass(100);
  for (const kernel of kernels) kernel.show("live", endAt(second));
  const counts: number[] = [];
  for (let moment = 0; moment < 3; moment += 1) {
    await pass(300);
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
  const alone = await toldAtEnd(8);
  registry().isToldByJupyter = () => true;
  return { alone, beside: await toldAtEnd(9) };
});
