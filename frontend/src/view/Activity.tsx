/** The activity feed: what happened, when, and by whom. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { wordsWithinRun } from "../model/activity_words";
import { clock } from "../model/format";
import type { Activity, ActivityLevel } from "../model/wire";
import { Icon, type IconName } from "./icons";

const LEVELS: Record<ActivityLevel, { icon: IconName; words: string }> = {
  info: { icon: "info", words: "Information" },
  success: { icon: "check", words: "Success" },
  warning: { icon: "warning", words: "Warning" },
  error: { icon: "cross", words: "Error" },
};

interface ActivityListProps {
  activity: readonly Activity[];
  /** The run that all the lines are about, where its name stands above them. */
  runName?: string | undefined;
}

export function ActivityList({ activity, runName = "" }: ActivityListProps): JSX.Element {
  const today = Date.now();
  return (
    <ul class="jpp-activity">
      {activity.map((told) => (
        <li key={told.id} class={`jpp-told jpp-told-${told.level}`}>
          <Icon name={LEVELS[told.level].icon} label={LEVELS[told.level].words} />
          <span class="jpp-told-text">
            {wordsWithinRun(told, runName)}
            {told.who ? <span class="jpp-note"> · {told.who}</span> : null}
          </span>
          <time dateTime={told.time}>{clock(told.time, today)}</time>
        </li>
      ))}
    </ul>
  );
}

interface ActivityFeedProps {
  activity: readonly Activity[];
  /** Loads what is older than a place; answers the next place. */
  loadOlder: ((before: string | null) => Promise<string | null>) | null;
  say: ((text: string) => Promise<void>) | null;
}

const SHOWN_AT_FIRST = 12;

/** The whole feed, with what is older on demand and a note of one's own. */
export function ActivityFeed({ activity, loadOlder, say }: ActivityFeedProps): JSX.Element {
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
      {say && <NoteForm say={say} />}
      {activity.length ? (
        <ActivityList activity={activity.slice(0, limit)} />
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

function NoteForm({ say }: { say: (text: string) => Promise<void> }): JSX.Element {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!text.trim()) return;
    try {
      await say(text.trim());
      setText("");
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form class="jpp-note-form" onSubmit={(event) => void submit(event)}>
      <input
        class="jpp-input"
        aria-label="A note for the activity feed"
        placeholder="Add a note"
        maxLength={2000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="jpp-button" disabled={!text.trim()}>
        Add
      </button>
      {problem && <p class="jpp-problem">{problem}</p>}
    </form>
  );
}
