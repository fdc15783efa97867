/** A button that opens a box below it; the box closes by Escape, by a click beside it, and by leaving it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface MenuProps {
  label: string;
  /** How much of it is chosen; 0: nothing. */
  chosen: number;
  children: ComponentChildren;
}

export function Menu({ label, chosen, children }: MenuProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const closing = new AbortController();
    const beside = (event: Event): void => {
      if (!event.composedPath().includes(whole.current!)) setOpen(false);
    };
    document.addEventListener("pointerdown", beside, { signal: closing.signal });
    document.addEventListener("focusin", beside, { signal: closing.signal });
    return () => closing.abort();
  }, [isOpen]);
  return (
    <div
      class="jpp-menu"
      ref={whole}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        type="button"
        ref={button}
        class={chosen ? "jpp-button jpp-menu-button jpp-chosen" : "jpp-button jpp-menu-button"}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
        {chosen > 0 && <span class="jpp-count"> {chosen}</span>}
        <span class="jpp-chevron" aria-hidden="true" />
      </button>
      {isOpen && (
        <div class="jpp-menu-box" role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}

interface ChoicesProps {
  choices: readonly { name: string; runs: number }[];
  chosen: readonly string[];
  choose: (chosen: string[]) => void;
  wordsOf?: (name: string) => string;
  /** What stands there where there is nothing to choose. */
  empty: string;
}

/** Some of what there is, each with how many runs have it. */
export function Choices({ choices, chosen, choose, wordsOf = String, empty }: ChoicesProps): JSX.Element {
  const unknown = chosen.filter((name) => !choices.some((choice) => choice.name === name));
  const all = [...unknown.map((name) => ({ name, runs: 0 })), ...choices];
  if (!all.length) return <p class="jpp-empty">{empty}</p>;
  return (
    <>
      {all.map(({ name, runs }) => (
        <label key={name} class="jpp-choice">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) => {
              const others = chosen.filter((other) => other !== name);
              choose(event.currentTarget.checked ? [...others, name] : others);
            }}
          />
          <span class="jpp-choice-name">{wordsOf(name)}</span>
          <span class="jpp-note">{runs.toLocaleString("en-US")}</span>
        </label>
      ))}
    </>
  );
}
