/** Telling each notice once as Jupyter's own notification, where the settings want it told. */

import type { Notice } from "../model/view_state";
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

export function tellNotices({ watch, notifying, settings, open }: TellingParts): () => void {
  const told = new Set<string>();
  /** What was said last of each topic: something newer takes its place. */
  const standing = new Map<string, string>();
  return watch.listen(() => {
    for (const notice of watch.view.state.notices) {
      if (told.has(notice.key)) continue;
      told.add(notice.key);
      if (!settings().tells[kindOf(notice)]) continue;
      const { words, kind, autoClose } = notificationOf(notice);
      const before = standing.get(notice.topic);
      if (before !== undefined) notifying.dismiss(before);
      const actions = [{ label: "Open", callback: () => open(notice) }];
      standing.set(notice.topic, notifying.emit(words, kind, { autoClose, actions }));
    }
  });
}
