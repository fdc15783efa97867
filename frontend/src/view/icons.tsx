/** Small pictures, drawn in the colour of the text around them. */

import type { ComponentChildren, JSX } from "preact";

interface IconProps {
  name: IconName;
  label?: string;
}

export type IconName =
  | "check"
  | "cross"
  | "ring"
  | "spinner"
  | "skip"
  | "stop"
  | "warning"
  | "unknown"
  | "bell"
  | "info"
  | "pause"
  | "pencil"
  | "note"
  | "more"
  | "close";

const DRAWINGS: Record<IconName, ComponentChildren> = {
  check: (
    <>
      <circle cx="8" cy="8" r="7" class="jpp-icon-fill" />
      <path d="M4.8 8.3 7 10.5l4.3-4.7" class="jpp-icon-mark" />
    </>
  ),
  cross: (
    <>
      <circle cx="8" cy="8" r="7" class="jpp-icon-fill" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" class="jpp-icon-mark" />
    </>
  ),
  ring: <circle cx="8" cy="8" r="6.25" class="jpp-icon-line" />,
  spinner: (
    <>
      <circle cx="8" cy="8" r="6.25" class="jpp-icon-line jpp-icon-faint" />
      <path d="M8 1.75A6.25 6.25 0 0 1 14.25 8" class="jpp-icon-line jpp-icon-turning" />
    </>
  ),
  skip: (
    <>
      <circle cx="8" cy="8" r="6.25" class="jpp-icon-line" />
      <path d="M5 8h6" class="jpp-icon-line" />
    </>
  ),
  stop: (
    <>
      <circle cx="8" cy="8" r="7" class="jpp-icon-fill" />
      <path d="M5.4 8h5.2" class="jpp-icon-mark" />
    </>
  ),
  warning: (
    <>
      <path d="M8 1.6 15 14H1z" class="jpp-icon-fill" />
      <path d="M8 6v4m0 1.7v.4" class="jpp-icon-mark" />
    </>
  ),
  bell: (
    <>
      <path d="M3.2 11.5c1-1 1.3-2 1.3-4.2a3.5 3.5 0 0 1 7 0c0 2.2.3 3.2 1.3 4.2z" class="jpp-icon-line" />
      <path d="M6.6 13.7a1.5 1.5 0 0 0 2.8 0" class="jpp-icon-line" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.25" class="jpp-icon-line" />
      <path d="M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8q-.8.4-.8 1.2m0 1.9v.2" class="jpp-icon-line" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.25" class="jpp-icon-line" />
      <path d="M8 7.4v3.8M8 4.7v.3" class="jpp-icon-line" />
    </>
  ),
  pencil: <path d="m3 13 .6-2.8 7-7a1.4 1.4 0 0 1 2 0l.2.2a1.4 1.4 0 0 1 0 2l-7 7z" class="jpp-icon-line" />,
  note: <path d="M3 2.5h10v8L9.5 14H3zM5.5 6h5m-5 3h3" class="jpp-icon-line" />,
  more: <path d="M3.2 8h.1M8 8h.1m4.7 0h.1" class="jpp-icon-line jpp-icon-dots" />,
  close: <path d="m4.5 4.5 7 7m0-7-7 7" class="jpp-icon-line" />,
  pause: (
    <>
      <circle cx="8" cy="8" r="7" class="jpp-icon-fill" />
      <path d="M6.3 5.5v5m3.4-5v5" class="jpp-icon-mark" />
    </>
  ),
};

export function Icon({ name, label }: IconProps): JSX.Element {
  const described = label
    ? ({ role: "img", "aria-label": label } as const)
    : ({ "aria-hidden": true } as const);
  return (
    <svg class={`jpp-icon jpp-icon-${name}`} viewBox="0 0 16 16" width="16" height="16" {...described}>
      {DRAWINGS[name]}
    </svg>
  );
}
