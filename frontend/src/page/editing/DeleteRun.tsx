/** Deleting a run that has ended, after a question that names it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { hasEnded } from "../../model/transitions";
import type { RunStatus } from "../../model/wire";
import { ActionButton } from "../../view/ActionButton";
import type { Editing } from "./use_run_editing";

export const WHAT_GOES = "Its scores, output, checkpoints and model go with it; registered versions of its model stay.";

interface DeleteRunProps {
  editing: Editing;
  status: RunStatus;
}

export function DeleteRun({ editing, status }: DeleteRunProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);
  const early = hasEnded(status) ? null : "A run can be deleted once it has ended";
  if (!isAsking) {
    return (
      <ActionButton whyNot={editing.whyNot ?? early} onClick={() => setAsking(true)}>
        Delete…
      </ActionButton>
    );
  }
  return (
    <span
      class="jpp-confirm"
      role="group"
      aria-label={`Delete ${editing.shown.name}?`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        event.preventDefault();
        setAsking(false);
      }}
    >
      <span>
        Delete <b>{editing.shown.name}</b> for good? {WHAT_GOES}
      </span>
      <button type="button" class="jpp-button" ref={keep} onClick={() => setAsking(false)}>
        Keep it
      </button>
      <ActionButton
        tone="danger"
        whyNot={editing.isPending ? "It is being deleted" : editing.whyNot}
        onClick={() => void editing.remove()}
      >
        {editing.isPending ? "Deleting…" : "Delete it"}
      </ActionButton>
    </span>
  );
}
