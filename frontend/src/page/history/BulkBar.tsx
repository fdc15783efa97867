/** What can be done with the runs that are selected: compare, tag, delete. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RunRow } from "../../model/run_rows";
import { hasEnded } from "../../model/transitions";
import { ActionButton } from "../../view/ActionButton";
import { TagForm } from "../editing/TagEditor";

export const MOST_COMPARED = 8;
const NAMED = 5;

interface BulkBarProps {
  picked: readonly RunRow[];
  known: readonly string[];
  whyNot: string | null;
  /** What is under way, or came of the last; empty: nothing. */
  said: string;
  isBusy: boolean;
  compare: () => void;
  tag: (tag: string) => void;
  remove: (runs: readonly RunRow[]) => void;
  clear: () => void;
}

export function BulkBar(props: BulkBarProps): JSX.Element | null {
  const { picked, said, isBusy, clear } = props;
  const [isAsking, setAsking] = useState(false);
  if (!picked.length && !said) return null;
  const whyNot = isBusy ? "The last change is still under way" : props.whyNot;
  const ended = picked.filter((run) => hasEnded(run.status));
  return (
    <div class="jpp-bulk" role="group" aria-label="Selected runs">
      {isAsking && picked.length > 0 ? (
        <AskToDelete
          ended={ended}
          left={picked.length - ended.length}
          keep={() => setAsking(false)}
          remove={() => {
            setAsking(false);
            props.remove(ended);
          }}
        />
      ) : (
        picked.length > 0 && (
          <>
            <b class="jpp-bulk-count">{picked.length} selected</b>
            <ActionButton tone="primary" whyNot={whyNotCompare(picked.length)} onClick={props.compare}>
              Compare
            </ActionButton>
            <TagForm known={props.known} whyNot={whyNot} add={props.tag} />
            <ActionButton
              tone="danger"
              whyNot={whyNot ?? (ended.length ? null : "None of these has ended; runs that go on are not deleted")}
              onClick={() => setAsking(true)}
            >
              Delete…
            </ActionButton>
            <button type="button" class="jpp-button jpp-quiet" onClick={clear}>
              Select none
            </button>
          </>
        )
      )}
      <p class="jpp-bulk-said" role="status">
        {said}
      </p>
    </div>
  );
}

function whyNotCompare(picked: number): string | null {
  if (picked < 2) return "Select at least two runs";
  return picked > MOST_COMPARED ? `At most ${MOST_COMPARED} runs stand side by side; ${picked} are selected` : null;
}

interface AskToDeleteProps {
  ended: readonly RunRow[];
  /** How many of the selected go on. */
  left: number;
  keep: () => void;
  remove: () => void;
}

function AskToDelete({ ended, left, keep, remove }: AskToDeleteProps): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const names = ended.slice(0, NAMED).map((run) => run.name);
  const more = ended.length - names.length;
  const what = ended.length === 1 ? "this run" : `these ${ended.length} runs`;
  return (
    <div
      class="jpp-confirm"
      role="group"
      aria-label={`Delete ${what}?`}
      onKeyDown={(event) => event.key === "Escape" && keep()}
    >
      <span>
        Delete {what} for good: <b>{names.join(", ")}</b>
        {more > 0 && ` and ${more} more`}? Scores, output, checkpoints and models go with them; registered versions
        stay.{left > 0 && ` ${left} of the selected ${left === 1 ? "goes" : "go"} on and ${left === 1 ? "is" : "are"} kept.`}
      </span>
      <button type="button" class="jpp-button" ref={button} onClick={keep}>
        Keep {ended.length === 1 ? "it" : "them"}
      </button>
      <button type="button" class="jpp-button jpp-danger" onClick={remove}>
        Delete {ended.length === 1 ? "it" : ended.length}
      </button>
    </div>
  );
}
