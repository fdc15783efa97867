/** Other runs that are drawn behind the one whose charts these are. */

import type { ComponentChildren } from "preact";
import type { RunState } from "../../model/wire";

export interface Behind {
  runs: readonly RunState[];
  /** What says which they are, and changes it. */
  choice: ComponentChildren;
}

/** What the one in front is called beside others, which often have its name. */
export const THIS_RUN = "this run";

export const NOTHING_BEHIND: Behind = { runs: [], choice: null };
