/** What a person has set in Jupyter's settings; the schema beside it says the same in words. */

import { fields } from "../model/reading_fields";
import type { NoticeKind } from "./notification";

export interface LabSettings {
  side: "left" | "right";
  statusBar: boolean;
  tells: Record<NoticeKind, boolean>;
}

export const DEFAULTS: LabSettings = {
  side: "right",
  statusBar: true,
  tells: { ends: true, failures: true, stalls: true, health: true, deployments: true },
};

const KEYS: Record<NoticeKind, string> = {
  ends: "notifyEnds",
  failures: "notifyFailures",
  stalls: "notifyStalls",
  health: "notifyHealth",
  deployments: "notifyDeployments",
};

/** Of whatever the settings hold; what is missing or of another type is as by default. */
export function readSettings(composite: unknown): LabSettings {
  const said = fields(composite);
  const flag = (key: string, byDefault: boolean): boolean =>
    typeof said[key] === "boolean" ? said[key] : byDefault;
  const tells = { ...DEFAULTS.tells };
  for (const kind of Object.keys(KEYS) as NoticeKind[]) tells[kind] = flag(KEYS[kind], tells[kind]);
  return {
    side: said["side"] === "left" ? "left" : DEFAULTS.side,
    statusBar: flag("statusBar", DEFAULTS.statusBar),
    tells,
  };
}
