/** A day of work before an open page, as fast as the page can take it. */

import { render } from "preact";
import { Page } from "../../../src/page/Page";
import { PanelFeed } from "../../../src/transport/panel_feed";
import { installStyles } from "../../../src/view/styles";
import { feedOf as serverFeedOf } from "../../transport/server";
import { Day, secondsOf, settledSample, type Sample } from "./day";
import { answer, place } from "./scene";

const HOURS = 24;
const RUN_LASTS_S = 420;

async function soak(): Promise<unknown> {
  const day = new Day(RUN_LASTS_S);
  const serverFeed = serverFeedOf(day.server, day.clock);
  const feed = new PanelFeed({ runId: null, server: serverFeed, comm: null, now: () => day.clock.now });
  feed.start();
  serverFeed.start();
  await day.clock.pass(500);
  const element = place();
  installStyles(element);
  render(<Page feed={feed} />, element);
  const samples: Sample[] = [];
  let frames = 0;
  for (let second = 0; second < HOURS * 3600; second += 1) {
    day.tell(second);
    await day.clock.pass(1000);
    if (second % 60 === 59) {
      await new Promise(requestAnimationFrame);
      frames += 1;
    }
    if (second % 3600 === 3599) samples.push(await settledSample((second + 1) / 3600));
  }
  const shown = element.innerText.includes(`run of ${secondsOf(HOURS * 3600 - RUN_LASTS_S).slice(0, 13)}`);
  return { samples, frames, shown, connection: feed.feeding.connection };
}

answer(soak);
