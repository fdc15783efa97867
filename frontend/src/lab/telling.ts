/** Telling notices as Jupyter's own notifications, where a Lab is the one of the browser's views to tell them. */

import type { Notice } from "../model/view_state";
import { registry } from "../registry";
import { tellNotices } from "../telling";
import type { Notifying } from "./jupyterlab";
import { kindOf, notificationOf } from "./notification";
import type { LabSettings } from "./settings";
import type { Watch } from "./watch";

interface TellingParts {
  watch: Watch;
  notifying: Notifying;
  settings(): LabSettings;
  open(notice: Notice): void;
}

export function tellInLab({ watch, notifying, settings, open }: TellingParts): void {
  // Where the server's part is missing a Lab hears of nothing, and a panel's kernel may.
  const tells = (notice: Notice): boolean => !watch.isAbsent && settings().tells[kindOf(notice)];
  registry().isToldByJupyter = tells;
  const show = (notice: Notice): (() => void) => {
    const { words, kind, autoClose } = notificationOf(notice);
    const actions = [{ label: "Open", callback: () => open(notice) }];
    const id = notifying.emit(words, kind, { autoClose, actions });
    return () => notifying.dismiss(id);
  };
  const begin = (): (() => void) => {
    const feed = watch.newFeed();
    const end = tellNotices(feed, { tells, show, isInSight: () => true, open });
    return () => {
      end();
      feed.stop();
    };
  };
  let end = begin();
  watch.onConnect(() => {
    end();
    end = begin();
  });
}
