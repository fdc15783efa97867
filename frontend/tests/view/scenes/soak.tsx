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
/** Of each hour, so long is spent in another place than the first. */
const ELSEWHERE_S = 900;
const ELSEWHERE = ["history", "models", "health", "activity", "history?q=run"];

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
  const visited = new Set<string>();
  let frames = 0;
  for (let second = 0; second < HOURS * 3600; second += 1) {
    day.tell(second);
    const at = second % 3600;
    if (at === 1000) location.hash = ELSEWHERE[Math.floor(second / 3600) % ELSEWHERE.length]!;
    if (at === 1000 + ELSEWHERE_S) {
      visited.add(element.querySelector("[aria-current=page]")?.textContent ?? "");
      location.hash = "";
    }
    await day.clock.pass(1000);
    if (second % 60 === 59) {
      await new Promise(requestAnimationFrame);
      frames += 1;
    }
    if (second % 3600 === 3599) samples.push(await settledSample((second + 1) / 3600));
  }
  const shown = element.innerText.includes(`run of ${secondsOf(HOURS * 3600 - RUN_LASTS_S).slice(0, 13)}`);
  return { samples, frames, shown, visited: [...visited].sort(), connection: feed.feeding.connection };
}

answer(soak);
