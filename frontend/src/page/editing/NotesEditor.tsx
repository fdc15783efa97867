/** A run's notes: of several lines, read as they were written. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ActionButton } from "../../view/ActionButton";
import type { Editing } from "./use_run_editing";

const LONGEST_NOTES = 20_000;

export function NotesEditor({ editing }: { editing: Editing }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { notes } = editing.shown;
  if (isOpen) return <NotesForm editing={editing} close={() => setOpen(false)} />;
  return (
    <div class="jpp-notes">
      {notes.trim() && <p class="jpp-notes-text">{notes}</p>}
      <ActionButton tone="quiet" whyNot={editing.whyNot} onClick={() => setOpen(true)}>
        {notes.trim() ? "Edit notes" : "Add notes"}
      </ActionButton>
    </div>
  );
}

function NotesForm({ editing, close }: { editing: Editing; close: () => void }): JSX.Element {
  const [notes, setNotes] = useState(editing.shown.notes);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const save = async (): Promise<void> => {
    // What was written stays in its field where it is refused.
    if (notes === editing.shown.notes || (await editing.change({ notes }))) close();
  };
  return (
    <form
      class="jpp-notes jpp-notes-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!editing.isPending) void save();
      }}
    >
      <textarea
        ref={field}
        class="jpp-input"
        aria-label="Notes"
        rows={5}
        maxLength={LONGEST_NOTES}
        value={notes}
        onInput={(event) => setNotes(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            event.preventDefault();
            close();
          }
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
        }}
      />
      <div class="jpp-notes-buttons">
        <ActionButton type="submit" tone="primary" whyNot={editing.isPending ? "The notes are being saved" : editing.whyNot}>
          {editing.isPending ? "Saving…" : "Save notes"}
        </ActionButton>
        <button type="button" class="jpp-button" onClick={close}>
          Leave them
        </button>
      </div>
    </form>
  );
}
