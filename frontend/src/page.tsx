/** The entry of the server's page. */

import { render } from "preact";
import { pageAddress, useServer } from "./page_server";
import { Page } from "./page/Page";
import { PanelFeed } from "./transport/panel_feed";

const element = document.getElementById("jupyter-progress");
const address = pageAddress();
if (!element || !address) throw new Error("This page does not say where its server is");

const feed = new PanelFeed({
  runId: null,
  server: useServer(address).feed,
  comm: null,
  now: () => performance.now(),
});
feed.start();
element.classList.add("jpp");
render(<Page feed={feed} />, element);
