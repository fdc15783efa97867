/** The page inside another application: in a part of the window, and with a place in memory. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import layoutCss from "../../../src/page/layout.css";
import { RememberedPlace } from "../../../src/page/place_store";
import { Places } from "../../../src/page/use_place";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { installSheet, installStyles } from "../../../src/view/styles";
import { answer, Kernel, pass, place } from "./scene";

const PAGE = "http://here/jupyter-progress/";

function columnsOf(element: Element): number {
  return getComputedStyle(element).gridTemplateColumns.split(" ").length;
}

answer(async () => {
  const box = place();
  // In this order, for the view's sheet has to come before what builds on it.
  installSheet(box, layoutCss);
  installStyles(box);
  const kernel = new Kernel();
  const feed = new PanelFeed({ runId: null, server: null, comm: kernel, now: () => performance.now() });
  feed.start();
  kernel.show("live", { name: "at work" });
  const store = new RememberedPlace(PAGE);
  render(
    <Places.Provider value={store}>
      <Page feed={feed} tells={false} />
    </Places.Provider>,
    box,
  );
  const columns: Record<string, number> = {};
  for (const width of [400, 900]) {
    box.style.width = `${width}px`;
    await pass(100);
    columns[width] = columnsOf(box.querySelector(".jpp-now")!);
  }
  const links = [...box.querySelectorAll<HTMLAnchorElement>(".jpp-way")];
  const history = links.find((link) => link.innerText === "History")!;
  history.click();
  await pass(100);
  kernel.end();
  return {
    columns,
    isLayoutLast: [...document.adoptedStyleSheets.at(-1)!.cssRules].some((rule) => rule.cssText.includes(".jpp-top")),
    href: history.href,
    at: store.place,
    current: box.querySelector<HTMLElement>("[aria-current='page']")!.innerText,
    shown: [...box.querySelectorAll<HTMLElement>("main h3, main h2")].map((found) => found.innerText),
    hash: location.hash,
    notices: box.querySelectorAll(".jpp-notices").length,
  };
});
