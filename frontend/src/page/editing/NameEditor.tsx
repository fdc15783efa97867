/** A run's name, which can be changed in its place. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../view/icons";
import type { Editing } from "./use_run_editing";

const LONGEST_NAME = 200;

interface NameEditorProps {
  editing: Editing;
  /** The name as it stands there while nobody changes it. */
  children: ComponentChildren;
}

export function NameEditor({ editing, children }: NameEditorProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const { shown, whyNot } = editing;
  if (isOpen) return <NameForm editing={editing} close={() => setOpen(false)} />;
  return (
    <>
      {children}
      <button
        type="button"
        ref={button}
        class="jpp-icon-button"
        aria-label={`Rename ${shown.name}`}
        title={whyNot ?? "Rename"}
        {...(whyNot === null ? {} : { "aria-disabled": true, "aria-description": whyNot })}
        onClick={() => whyNot === null && setOpen(true)}
      >
        <Icon name="pencil" />
      </button>
    </>
  );
}

function NameForm({ editing, close }: { editing: Editing; close: () => void }): JSX.Element {
  const [name, setName] = useState(editing.shown.name);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const save = (): void => {
    const wanted = name.trim();
    close();
    if (wanted && wanted !== editing.shown.name) void editing.change({ name: wanted });
  };
  return (
    <form
      class="jpp-name-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <input
        ref={input}
        class="jpp-input"
        aria-label="Name of the run"
        maxLength={LONGEST_NAME}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          // A key in here moves along the letters, not along the rows.
          event.stopPropagation();
          if (event.key === "Escape") close();
        }}
        onBlur={save}
      />
    </form>
  );
}
