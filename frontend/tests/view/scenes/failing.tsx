/** Components that throw: while they are drawn, in an effect, and the panel's own. */

import { render, type JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { StageState } from "../../../src/model/wire";
import { Boundary } from "../../../src/view/Boundary";
import { RunPanel } from "../../../src/view/Panel";
import { answer, buttonIn, feedOf, pass, place, runOf } from "./scene";

let isBroken = true;

function Drawn(): JSX.Element {
  if (isBroken) throw new TypeError("no such figure");
  return <p>a figure</p>;
}

function Late(): JSX.Element {
  useEffect(() => {
    throw new Error("no such plot");
  }, []);
  return <p>a plot</p>;
}

async function parts(): Promise<Record<string, unknown>> {
  const element = place();
  render(
    <>
      <Boundary what="The figure">
        <Drawn />
      </Boundary>
      <Boundary what="The plot">
        <Late />
      </Boundary>
      <p>the rest</p>
    </>,
    element,
  );
  await pass(200);
  const broken = element.innerText;
  const alerts = element.querySelectorAll("[role=alert]").length;
  buttonIn(element, "Try again").click();
  await pass(50);
  const again = element.innerText;
  isBroken = false;
  buttonIn(element, "Try again").click();
  await pass(50);
  return { broken, alerts, again, mended: element.innerText };
}

async function panel(): Promise<string> {
  const element = place();
  const feed = feedOf(null);
  feed.run = { ...runOf(), stages: null as unknown as StageState[] };
  render(<RunPanel feed={feed} show={null} />, element);
  await pass(200);
  buttonIn(element, "Details").click();
  await pass(200);
  return element.innerText;
}

answer(async () => ({ ...(await parts()), panel: await panel() }));
