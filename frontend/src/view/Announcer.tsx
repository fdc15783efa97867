/** The one region of a view that a screen reader reads out by itself. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { hear, SILENT, type Speech } from "../model/announcing";
import type { Notice } from "../model/view_state";
import type { RunState } from "../model/wire";
import type { ShownConnection } from "../transport/panel_feed";
import { now } from "./clock";
import { isFresh } from "./Status";
import { isMineToTell } from "./told_once";

/** Several panels tell of one cause at one time; the same words later are of another. */
const SAME_WORDS_MS = 5000;

interface AnnouncerProps {
  run: RunState | null;
  notices: readonly Notice[];
  connection: ShownConnection;
}

/** It is always there, for only what comes into a known region is read out. */
export function Announcer({ run, notices, connection }: AnnouncerProps): JSX.Element {
  const speech = useRef<Speech>(SILENT);
  const self = useRef({});
  const heard = { run, notices, isFresh: connection === "connecting" ? null : isFresh(connection) };
  const { said } = speech.current;
  speech.current = hear(speech.current, heard, now.value);
  const words = speech.current.said;
  // Of several panels that have the same to tell, one does.
  if (words && words !== said && !isMineToTell(words, self.current, SAME_WORDS_MS)) {
    speech.current = { ...speech.current, said: "" };
  }
  return (
    <p class="jpp-spoken" role="status" aria-live="polite" aria-atomic="true">
      {speech.current.said}
    </p>
  );
}
