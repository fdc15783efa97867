/** A place of the page, open on a server of its own. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { connected, type PlaceServer, type Shown } from "./place_server";
import { place } from "./scene";

export interface Opened extends Shown {
  page: HTMLElement;
}

export async function opened(hash: string, prepare: (server: PlaceServer) => void): Promise<Opened> {
  location.hash = hash;
  const shown = await connected(prepare);
  const page = place();
  render(<Page feed={shown.feed} />, page);
  await shown.wait();
  return { ...shown, page };
}
