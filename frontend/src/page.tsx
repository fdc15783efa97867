/** The entry of the server's page. */

import { render } from "preact";
import type { Notice } from "./model/view_state";
import { NotifyMe } from "./page/NotifyMe";
import { pageAddress } from "./page_address";
import { useServer } from "./page_server";
import { Page } from "./page/Page";
import { hashOf } from "./page/places";
import { keepTitle } from "./page/tab_title";
import type { ServerAddress } from "./transport/address";
import { PanelFeed } from "./transport/panel_feed";
import { Boundary } from "./view/Boundary";

const element = document.getElementById("jupyter-progress");
const address = pageAddress();

function show(into: HTMLElement, server: ServerAddress): void {
  const feed = new PanelFeed({
    runId: null,
    server: useServer(server).feed,
    comm: null,
    now: () => performance.now(),
  });
  feed.start();
  keepTitle(feed);
  render(
    <Boundary what="This page">
      <Page feed={feed} tools={<NotifyMe />} openNotice={openNotice} />
    </Boundary>,
    into,
  );
}

function openNotice({ run_id: runId }: Notice): void {
  if (runId !== null) location.hash = hashOf({ at: "now", runId });
}

element?.classList.add("jpp");
if (element && address) show(element, address);
else {
  const words = "This page does not say where its Jupyter server is. Open it from the server again.";
  (element ?? document.body).textContent = words;
}
