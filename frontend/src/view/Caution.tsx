/** Why what is shown may not be what is, and what to do about it: said in words, not by a colour alone. */

import type { JSX } from "preact";
import { ago } from "../model/format";
import { isLongSilent, retryWords } from "../model/retrying";
import type { FeedView } from "../transport/feed_view";
import { now } from "./clock";
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
  return (
    <div class="jpp-caution">
      <Icon name="warning" label="Warning" />
      <p>
        {words} <span class="jpp-attempt">{ageWords(view, isSaved)}</span> <Attempts view={view} />
      </p>
      {view.feeding.retry && (
        <button type="button" class="jpp-button jpp-try" onClick={() => view.asking.tryNow()}>
          Try now
        </button>
      )}
    </div>
  );
}

function ageWords({ feeding: { heardAt, connection } }: FeedView, isSaved: boolean): string {
  const isNeverHeard = !Number.isFinite(heardAt);
  if (isNeverHeard) return isSaved && connection !== "denied" ? "What is shown here was saved earlier." : "";
  return `What is shown is from ${ago((now.value - heardAt) / 1000)}.`;
}

/** By the timer of the next attempt itself. */
function Attempts({ view: { feeding } }: { view: FeedView }): JSX.Element | null {
  if (!feeding.retry) return null;
  return <span class="jpp-attempt">{retryWords(feeding.retry, now.value)}.</span>;
}

/** The way to the server's own form, and back to this page. */
function Denied({ base }: { base: string | null }): JSX.Element {
  const back = `${location.pathname}${location.search}${location.hash}`;
  const href = base !== null ? `${base}login?next=${encodeURIComponent(back)}` : null;
  return (
    <>
      The server refuses this page: you are logged out, or may not see runs.{" "}
      {href ? <a href={href}>Log in again</a> : "Log in again, then reload"}.
    </>
  );
}

const ABSENT = (
  <>
    The Jupyter server of this page does not run jupyter-progress. Install it in the Python environment that
    Jupyter itself runs in, with <code>python -m pip install jupyter-progress</code>, then restart Jupyter (the
    server, not only the kernel).
  </>
);

const UNKNOWN_RUN =
  "The server does not know this run: it was deleted, or it belongs to another server or data directory.";
const OUTDATED = "The server runs another version of jupyter-progress by now. Reload this page to have its view, too.";
const OFFLINE =
  "Nothing is heard from the server: it may have stopped, or the network is down. Runs go on without it.";
const KERNEL_OFFLINE =
  "The kernel hears nothing from its server, which may have stopped. Runs go on without it.";

function cautionOf(view: FeedView): JSX.Element | string | null {
  const { connection } = view.feeding;
  if (view.isUnknown) return UNKNOWN_RUN;
  if (connection === "denied") return <Denied base={view.baseUrl} />;
  // The kernel knows more than this page: which Python its server runs.
  if (view.problem && !isFresh(connection)) return <Problem words={view.problem} />;
  if (connection === "absent") return ABSENT;
  if (view.isOutdated) return OUTDATED;
  const isSilent = connection === "offline" && isLongSilent(view.feeding.heardAt, now.value);
  if (!isSilent) return null;
  return view.feeding.via === "comm" ? KERNEL_OFFLINE : OFFLINE;
}

/** A message of the kernel, with what it puts in backquotes as code. */
function Problem({ words }: { words: string }): JSX.Element {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return <>{text.split("`").map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}</>;
}
