/** A button that asks for something; where that cannot be asked now, it says why and stays in its place. */

import type { ComponentChildren, JSX, RefObject } from "preact";

interface ActionButtonProps {
  children: ComponentChildren;
  onClick?: () => void;
  /** Why it cannot be asked now; null: it can. */
  whyNot: string | null;
  title?: string;
  tone?: "plain" | "quiet" | "primary" | "danger";
  type?: "button" | "submit";
  element?: RefObject<HTMLButtonElement | null>;
}

/** Not `disabled`: such a button loses the focus and shows nobody its reason. */
export function ActionButton(props: ActionButtonProps): JSX.Element {
  const { children, onClick, whyNot, title = "", tone = "plain", type = "button", element = null } = props;
  const refusal = whyNot === null ? {} : { "aria-disabled": true, "aria-description": whyNot };
  return (
    <button
      ref={element}
      type={type}
      class={tone === "plain" ? "jpp-button" : `jpp-button jpp-${tone}`}
      title={whyNot ?? title}
      {...refusal}
      onClick={(event) => {
        if (whyNot === null) onClick?.();
        else event.preventDefault();
      }}
    >
      {children}
    </button>
  );
}
