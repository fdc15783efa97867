/** A run's tags: each with a button that takes it off, and a field for one more. */

import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "../../view/icons";
import type { Editing } from "./use_run_editing";

const LONGEST_TAG = 200;
const MOST_TAGS = 50;

interface TagEditorProps {
  editing: Editing;
  /** Tags that other runs have. */
  known: readonly string[];
  /** The field for one more is opened by a button first: it stands in a line with others. */
  isFolded?: boolean;
}

export function TagEditor({ editing, known, isFolded = false }: TagEditorProps): JSX.Element {
  const [isOpen, setOpen] = useState(!isFolded);
  const { tags } = editing.shown;
  return (
    <div class="jpp-tag-editor" role="group" aria-label="Tags">
      {tags.map((tag) => (
        <span class="jpp-tag jpp-tag-held" key={tag} title={tag}>
          <span class="jpp-tag-words">{tag}</span>
          <button
            type="button"
            class="jpp-tag-off"
            aria-label={`Remove the tag ${tag}`}
            {...(editing.whyNot === null ? {} : { "aria-disabled": true, "aria-description": editing.whyNot })}
            onClick={() => {
              if (editing.whyNot === null) void editing.change({ tags: tags.filter((other) => other !== tag) });
            }}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {!isOpen && (
        <button type="button" class="jpp-button jpp-quiet jpp-tag-more" onClick={() => setOpen(true)}>
          {tags.length ? "Add" : "Add a tag"}
        </button>
      )}
      {isOpen && tags.length < MOST_TAGS && (
        <TagForm
          close={isFolded ? () => setOpen(false) : null}
          known={known.filter((tag) => !tags.includes(tag))}
          whyNot={editing.whyNot}
          add={(tag) => {
            if (!tags.includes(tag)) void editing.change({ tags: [...tags, tag] });
          }}
        />
      )}
    </div>
  );
}

interface TagFormProps {
  known: readonly string[];
  whyNot: string | null;
  add: (tag: string) => void;
  /** Given where the field was opened by a person: it has the focus then, and goes with it. */
  close?: (() => void) | null;
}

export function TagForm({ known, whyNot, add, close = null }: TagFormProps): JSX.Element {
  const [tag, setTag] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (close) input.current?.focus();
  }, []);
  const list = useId();
  return (
    <form
      class="jpp-tag-form"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = tag.trim();
        if (!wanted || whyNot !== null) return;
        add(wanted);
        setTag("");
      }}
    >
      <input
        ref={input}
        class="jpp-input"
        aria-label="Add a tag"
        placeholder="Add a tag"
        maxLength={LONGEST_TAG}
        list={list}
        value={tag}
        disabled={whyNot !== null}
        title={whyNot ?? ""}
        onInput={(event) => setTag(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && close?.()}
        onBlur={() => !tag.trim() && close?.()}
      />
      <datalist id={list}>
        {known.slice(0, 50).map((other) => (
          <option key={other} value={other} />
        ))}
      </datalist>
    </form>
  );
}
