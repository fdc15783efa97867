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
  return watch.listen(() => {
    for (const notice of watch.view.state.notices) {
      if (told.has(notice.key)) continue;
      told.add(notice.key);
      if (!settings().tells[kindOf(notice)]) continue;
      const { words, kind, autoClose } = notificationOf(notice);
      notifying.emit(words, kind, { autoClose, actions: [{ label: "Open", callback: () => open(notice) }] });
    }
  });
}
