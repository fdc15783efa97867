/** The activity feed: what happened, when, and by whom. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { shortened, wordsAmongRuns, wordsOfFailure, wordsWithinRun } from "../model/activity_words";
import { clock } from "../model/format";
import type { Activity, ActivityLevel, RunState } from "../model/wire";
import { ActionButton } from "./ActionButton";
import { Icon, type IconName } from "./icons";

export const LEVELS: Record<ActivityLevel, { icon: IconName; words: string }> = {
  info: { icon: "info", words: "Information" },
  success: { icon: "check", words: "Success" },
  warning: { icon: "warning", words: "Warning" },
  error: { icon: "cross", words: "Error" },
};

/**
 * What the lines are about: one run, whose name stands above them, and its failure where `isFailureTold`;
 * or any of some.
 */
type About =
  | { runName: string; isFailureTold: boolean; runs?: never }
  | { runs: ReadonlyMap<string, RunState>; runName?: never; isFailureTold?: never };

type ActivityListProps = About & { activity: readonly Activity[] };

/** A line's words in short, and in full. */
function wordsOf(told: Activity, { runName, isFailureTold, runs }: About): [string, string] {
  if (runName !== undefined) {
    const words = wordsWithinRun(told, runName);
    return [isFailureTold && told.kind === "training_failed" ? wordsOfFailure(words) : words, told.text];
  }
  if (told.run_id === null) return [told.text, told.text];
  const name = runs?.get(told.run_id)?.name || told.run_id;
  const words = wordsAmongRuns(told, name);
  return [shortened(words, name), words];
}

function Words({ told, ...about }: About & { told: Activity }): JSX.Element {
  const [words, whole] = wordsOf(told, about);
  return (
    <span class="jpp-told-text" title={whole}>
      {words}
      {told.who ? <span class="jpp-note"> · {told.who}</span> : null}
    </span>
  );
}

export function ActivityList({ activity, ...about }: ActivityListProps): JSX.Element | null {
  const today = Date.now();
  if (!activity.length) return null;
  return (
    <ul class="jpp-activity">
      {activity.map((told) => (
        <li key={told.id} class={`jpp-told jpp-told-${told.level}`}>
          <Icon name={LEVELS[told.level].icon} label={LEVELS[told.level].words} />
          <Words told={told} {...about} />
          <time dateTime={told.time}>{clock(told.time, today)}</time>
        </li>
      ))}
    </ul>
  );
}

type ActivityFeedProps = About & {
  activity: readonly Activity[];
  /** Loads what is older than a place; answers the next place. */
  loadOlder: ((before: string | null) => Promise<string | null>) | null;
  say: (text: string) => Promise<unknown>;
  /** Why no note can be made now; null: one can. */
  whyNot: string | null;
};

export const SHOWN_AT_FIRST = 12;
const NOTE_ON_RUN = "A note on this run";
export const NOTE_ON_ALL = "A note for the activity feed";

/** The whole feed, with what is older on demand and a note of one's own. */
export function ActivityFeed(props: ActivityFeedProps): JSX.Element {
  const { activity, loadOlder, say, whyNot } = props;
  const [limit, setLimit] = useState(SHOWN_AT_FIRST);
  const [place, setPlace] = useState<string | null | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const more = async (): Promise<void> => {
    setLimit(limit + 50);
    if (!loadOlder || limit + 50 <= activity.length || place === null) return;
    try {
      setPlace(await loadOlder(place ?? null));
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const hasMore = limit < activity.length || (loadOlder !== null && place !== null);
  return (
    <>
      <NoteForm label={props.runs ? NOTE_ON_ALL : NOTE_ON_RUN} say={say} whyNot={whyNot} />
      {activity.length ? (
        <ActivityList {...aboutOf(props)} activity={activity.slice(0, limit)} />
      ) : (
        <p class="jpp-empty">Nothing has happened yet.</p>
      )}
      {hasMore && activity.length >= SHOWN_AT_FIRST && (
        <button type="button" class="jpp-button jpp-quiet" onClick={() => void more()}>
          Show older
        </button>
      )}
      {problem && <p class="jpp-problem">{problem}</p>}
    </>
  );
}

function aboutOf({ runName, isFailureTold, runs }: About): About {
  return runName === undefined ? { runs } : { runName, isFailureTold };
}

type NoteFormProps = Pick<ActivityFeedProps, "say" | "whyNot"> & { label: string };

export function NoteForm({ label, say, whyNot }: NoteFormProps): JSX.Element {
  const [text, setText] = useState("");
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!text.trim() || whyNot !== null || isPending) return;
    setPending(true);
    try {
      await say(text.trim());
      setText("");
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(false);
    }
  };
  const missing = text.trim() ? null : "Write the note first";
  return (
    <form class="jpp-note-form" onSubmit={(event) => void submit(event)}>
      <input
        class="jpp-input"
        aria-label={label}
        placeholder="Add a note"
        maxLength={2000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <ActionButton type="submit" whyNot={isPending ? "The note is being sent" : (whyNot ?? missing)}>
        {isPending ? "Adding…" : "Add"}
      </ActionButton>
      {problem && (
        <p class="jpp-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
