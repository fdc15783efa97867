/** The activity feed: what happened, when, and by whom. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { shortened, wordsOfFailure, wordsWithinRun } from "../model/activity_words";
import { clock } from "../model/format";
import type { Activity, ActivityLevel, RunState } from "../model/wire";
import { ActionButton } from "./ActionButton";
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
  /** Whether the run's failure stands above them in full. */
  isFailureTold?: boolean | undefined;
  /** The runs that the lines are about, where they are about several. */
  runs?: ReadonlyMap<string, RunState> | undefined;
}

export function ActivityList(props: ActivityListProps): JSX.Element {
  const { activity, runName = "", isFailureTold = false, runs } = props;
  const today = Date.now();
  const wordsFor = (told: Activity): string => {
    const words = wordsWithinRun(told, runName);
    if (isFailureTold && told.kind === "training_failed") return wordsOfFailure(words);
    return shortened(words, runs?.get(told.run_id ?? "")?.name ?? "");
  };
  return (
    <ul class="jpp-activity">
      {activity.map((told) => (
        <li key={told.id} class={`jpp-told jpp-told-${told.level}`}>
          <Icon name={LEVELS[told.level].icon} label={LEVELS[told.level].words} />
          <span class="jpp-told-text" title={told.text}>
            {wordsFor(told)}
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
  say: (text: string) => Promise<void>;
  /** Why no note can be made now; null: one can. */
  whyNot: string | null;
  runName?: string;
  isFailureTold?: boolean;
  runs?: ReadonlyMap<string, RunState>;
}

const SHOWN_AT_FIRST = 12;

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
      <NoteForm say={say} whyNot={whyNot} />
      {activity.length ? (
        <ActivityList
          activity={activity.slice(0, limit)}
          runName={props.runName}
          isFailureTold={props.isFailureTold}
          runs={props.runs}
        />
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

function NoteForm({ say, whyNot }: Pick<ActivityFeedProps, "say" | "whyNot">): JSX.Element {
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
        aria-label="A note for the activity feed"
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
