/** What can be changed of one run, over the list: its name, tags and notes; and deleting it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { readRun } from "../../model/reading";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { wordsOfRefusal } from "../../transport/run_changes";
import { Boundary } from "../../view/Boundary";
import { DeleteRun } from "../editing/DeleteRun";
import { NameEditor } from "../editing/NameEditor";
import { NotesEditor } from "../editing/NotesEditor";
import { TagEditor } from "../editing/TagEditor";
import { useRunEditing } from "../editing/use_run_editing";

interface EditDialogProps {
  view: FeedView;
  runId: string;
  known: readonly string[];
  close: () => void;
  onChanged: (run: RunState) => void;
  onRemoved: (runId: string) => void;
}

export function EditDialog(props: EditDialogProps): JSX.Element {
  const { view, runId, close } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const { run, problem, setRun } = useRunState(view, runId);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="jpp-dialog"
      aria-label={`Change ${run?.name ?? runId}`}
      onClose={close}
      onClick={(event) => {
        // The backdrop is the dialog itself, and its content a box within.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="jpp-dialog-box">
        {problem && <p class="jpp-problem" role="alert">{problem}</p>}
        {!run && !problem && <p class="jpp-empty">Loading…</p>}
        {run && (
          <Boundary what="This run">
            <EditBox
              {...props}
              run={run}
              onChanged={(changed) => {
                setRun(changed);
                props.onChanged(changed);
              }}
            />
          </Boundary>
        )}
        <div class="jpp-dialog-end">
          <button type="button" class="jpp-button" onClick={() => dialog.current?.close()}>
            Done
          </button>
        </div>
      </div>
    </dialog>
  );
}

function EditBox({ view, run, known, close, onChanged, onRemoved }: EditDialogProps & { run: RunState }): JSX.Element {
  const editing = useRunEditing(view, run, {
    onChanged,
    onRemoved: (runId) => {
      onRemoved(runId);
      close();
    },
  });
  return (
    <>
      <header class="jpp-dialog-head">
        <NameEditor editing={editing}>
          <h2 class="jpp-name">{editing.shown.name || run.run_id}</h2>
        </NameEditor>
        <p class="jpp-dialog-id">
          <code class="jpp-run-id">{run.run_id}</code>
        </p>
      </header>
      {editing.problem && (
        <p class="jpp-problem" role="alert">
          {editing.problem}
        </p>
      )}
      <h3>Tags</h3>
      <TagEditor editing={editing} known={known} />
      <h3>Notes</h3>
      <NotesEditor editing={editing} />
      <div class="jpp-dialog-delete">
        <DeleteRun editing={editing} status={run.status} />
      </div>
    </>
  );
}

/** The run as the stream has it, else as the server answers it. */
function useRunState(
  { state, rest }: FeedView,
  runId: string,
): { run: RunState | null; problem: string; setRun: (run: RunState) => void } {
  const [asked, setAsked] = useState<RunState | null>(null);
  const [problem, setProblem] = useState("");
  const live = state.runs.get(runId) ?? null;
  useEffect(() => {
    if (live || !rest) return;
    const closed = new AbortController();
    rest.get(`runs/${encodeURIComponent(runId)}`, closed.signal).then(
      (answer) => setAsked(readRun(answer)),
      (error: unknown) => !closed.signal.aborted && setProblem(wordsOfRefusal(error)),
    );
    return () => closed.abort();
  }, [runId, live === null, rest !== null]);
  return { run: live ?? asked, problem: live ?? asked ? "" : problem, setRun: setAsked };
}
