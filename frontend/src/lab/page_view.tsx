/** The page's view in an element of Lab; a module of its own, loaded when it is first shown. */

import { render, type JSX } from "preact";
import pageCss from "page-styles";
import { IsWholeDocument } from "../page/landmarks";
import { NotifyMe } from "../page/NotifyMe";
import { Page } from "../page/Page";
import type { PlaceStore } from "../page/place_store";
import { Places } from "../page/use_place";
import type { PanelFeed } from "../transport/panel_feed";
import { Boundary } from "../view/Boundary";
import { installSheet } from "../view/sheets";
import { useFeed } from "../view/use_feed";
import labCss from "./page_view.css";
import type { Watch } from "./watch";

export interface MountedPage {
  /** What nobody sees is not drawn. */
  setSeen(isSeen: boolean): void;
  unmount(): void;
}

interface LabPageProps {
  feed: PanelFeed;
  places: PlaceStore;
  isSeen: boolean;
  again: () => void;
  /** Null where the surroundings have no such place. */
  openSettings: (() => void) | null;
}

function LabPage({ feed, places, isSeen, again, openSettings }: LabPageProps): JSX.Element {
  const { feeding } = useFeed(feed);
  return (
    <Places.Provider value={places}>
      <IsWholeDocument.Provider value={false}>
        <Page feed={feed} tools={<Telling openSettings={openSettings} />} tells={false} isSeen={isSeen} />
      </IsWholeDocument.Provider>
      {feeding.connection === "absent" && (
        <p class="jpp-look-again">
          <button type="button" class="jpp-button" onClick={again}>
            Look again
          </button>
        </p>
      )}
    </Places.Provider>
  );
}

/** Lab tells by itself, of what is set; the browser tells where that is asked for, in Lab as on the page. */
function Telling({ openSettings }: Pick<LabPageProps, "openSettings">): JSX.Element {
  return (
    <NotifyMe>
      {openSettings && (
        <button
          type="button"
          class="jpp-button jpp-quiet"
          title="Of which of these Jupyter tells, and where the training runs are shown"
          onClick={openSettings}
        >
          Settings
        </button>
      )}
    </NotifyMe>
  );
}

export function mountPage(
  element: HTMLElement,
  watch: Watch,
  places: PlaceStore,
  openSettings: (() => void) | null,
): MountedPage {
  installSheet(element, pageCss);
  installSheet(element, labCss);
  element.classList.add("jpp", "jpp-in-lab");
  let feed = watch.newFeed();
  let isSeen = true;
  const draw = (): void => {
    render(
      <Boundary what="The training runs">
        <LabPage feed={feed} places={places} isSeen={isSeen} again={() => watch.again()} openSettings={openSettings} />
      </Boundary>,
      element,
    );
  };
  const unlisten = watch.onConnect(() => {
    feed.stop();
    feed = watch.newFeed();
    feed.hush(!isSeen);
    draw();
  });
  draw();
  return {
    setSeen: (now) => {
      isSeen = now;
      feed.hush(!now);
      draw();
    },
    unmount: () => {
      unlisten();
      feed.stop();
      render(null, element);
    },
  };
}
