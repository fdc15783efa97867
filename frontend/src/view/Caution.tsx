/** Why what is shown may not be what is, and what to do about it: said in words, not by a colour alone. */

import type { JSX } from "preact";
import type { FeedView } from "../transport/feed_view";
import { Icon } from "./icons";
import { isFresh } from "./Status";

interface CautionProps {
  view: FeedView;
  /** Whether a run stands below, which was saved earlier. */
  isSaved: boolean;
}

/** Whether it is said why nothing comes. */
export function isCautioned(view: FeedView): boolean {
  return cautionOf(view) !== null;
}

export function Caution({ view, isSaved }: CautionProps): JSX.Element | null {
  const words = cautionOf(view);
  if (words === null) return null;
  const saved = isSaved && view.feeding.connection !== "denied" ? " What is shown here was saved earlier." : "";
  return (
    <p class="jpp-caution">
      <Icon name="warning" label="Warning" />
      <span>
        {words}
        {saved}
      </span>
    </p>
  );
}

const ABSENT = (
  <>
    The Jupyter server of this page does not run jupyter-progress. Install it in the Python environment that
    Jupyter itself runs in, with <code>python -m pip install jupyter-progress</code>, then restart Jupyter (the
    server, not only the kernel).
  </>
);

function cautionOf(view: FeedView): JSX.Element | string | null {
  const { connection } = view.feeding;
  if (view.isUnknown) return "The server does not know this run.";
  if (connection === "denied") return "The server refuses this page. Log in again, then reload.";
  // The kernel knows more than this page: which Python its server runs.
  if (view.problem && !isFresh(connection)) return <Problem words={view.problem} />;
  return connection === "absent" ? ABSENT : null;
}

/** A message of the kernel, with what it puts in backquotes as code. */
function Problem({ words }: { words: string }): JSX.Element {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return <>{text.split("`").map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}</>;
}
