/** The runs that a place has drawn behind the one it shows, and the tools to change which. */

import { useRef } from "preact/hooks";
import { behindOf } from "../../model/behind";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import type { Behind } from "../../view/charts/behind";
import { runWith } from "../places";
import { useLoaded } from "../use_loaded";
import type { Go } from "../use_place";
import { BehindChoice } from "./BehindChoice";

/** `asked`: their ids, as the address has them. */
export function useBehind(view: FeedView, run: RunState, asked: readonly string[], go: Go): Behind {
  const ids = behindOf(run.run_id, asked);
  const problems = useLoaded(view, ids);
  const runs = ids.flatMap((runId) => view.state.runs.get(runId) ?? []);
  // An address tells of its change a moment later, and a person may have chosen another run by then.
  const chosen = useRef({ asked, ids });
  if (chosen.current.asked.join() !== asked.join()) chosen.current = { asked, ids };
  const choose = (runId: string, isDrawn: boolean): void => {
    const others = chosen.current.ids.filter((other) => other !== runId);
    chosen.current.ids = behindOf(run.run_id, isDrawn ? [...others, runId] : others);
    go(runWith(run.run_id, chosen.current.ids), "instead");
  };
  return { runs, choice: <BehindChoice view={view} run={run} ids={ids} runs={runs} problems={problems} choose={choose} /> };
}
