/** What stands above a run: its status, and its name, tags and notes, each changed in its place. */

import type { JSX } from "preact";
import type { RunState } from "../../model/wire";
import { StatusMark } from "../../view/Status";
import { NameEditor } from "./NameEditor";
import { NotesEditor } from "./NotesEditor";
import { TagEditor } from "./TagEditor";
import type { Editing } from "./use_run_editing";

interface RunHeadingProps {
  run: RunState;
  editing: Editing;
  /** Tags that other runs have. */
  known: readonly string[];
}

export function RunHeading({ run, editing, known }: RunHeadingProps): JSX.Element {
  const { shown, problem, isPending } = editing;
  return (
    <>
      <header class={isPending ? "jpp-header jpp-wished" : "jpp-header"}>
        <StatusMark status={run.status} />
        <NameEditor editing={editing}>
          <h2 class="jpp-name" title={shown.name}>
            {shown.name || run.run_id}
          </h2>
        </NameEditor>
        <TagEditor editing={editing} known={known} isFolded />
        <code class="jpp-run-id">{run.run_id}</code>
      </header>
      {problem && (
        <p class="jpp-problem" role="alert">
          {problem}
        </p>
      )}
      <div class="jpp-heading-notes">
        <NotesEditor editing={editing} />
      </div>
    </>
  );
}
