/** That nothing is heard of a run for too long, and where it hangs as far as it could be asked. */

import type { JSX } from "preact";
import { stalledWords } from "../model/stalling";
import type { RunState } from "../model/wire";
import { Icon } from "./icons";

export function Stalled({ run, isWhole }: { run: RunState; isWhole: boolean }): JSX.Element | null {
  const words = stalledWords(run);
  if (words === null) return null;
  return (
    <>
      <p class="jpp-caution jpp-stalled">
        <Icon name="warning" label="Warning" />
        <span>{words}.</span>
      </p>
      {isWhole && run.stalled?.output && (
        <pre class="jpp-pre" tabIndex={0} aria-label="Where it waits">
          {run.stalled.output}
        </pre>
      )}
    </>
  );
}
