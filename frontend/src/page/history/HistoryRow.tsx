/** One run of the history: a line, or a card of two where there is no room. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { clock, duration, figure, nameOf, percentage, UNKNOWN } from "../../model/format";
import { withinSentence } from "../../model/live_score";
import type { RunRow } from "../../model/run_rows";
import { hasEnded } from "../../model/transitions";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { Icon } from "../../view/icons";
import { StatusMark, Tags } from "../../view/Status";
import { NameEditor } from "../editing/NameEditor";
import { useRunEditing } from "../editing/use_run_editing";
import { hashOf } from "../places";

export interface RowActions {
  isPicked: (runId: string) => boolean;
  /** `toHere`: all rows from the one picked last. */
  pick: (row: RunRow, isPicked: boolean, toHere: boolean) => void;
  /** Open what changes the run. */
  edit: (runId: string) => void;
  view: FeedView;
  /** A run is as the server has answered; or it was refused, with why. */
  onChanged: (run: RunState) => void;
  onRefused: (why: string) => void;
}

interface HistoryRowProps extends RowActions {
  row: RunRow;
  index: number;
  top: number;
  metric: string | null;
}

export function HistoryRow({ row, index, top, metric, ...actions }: HistoryRowProps): JSX.Element {
  const { isPicked, pick, edit } = actions;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current?.style.setProperty("transform", `translateY(${top}px)`);
  }, [top]);
  const picked = isPicked(row.runId);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-row={index}
      ref={element}
      class={picked ? "jpp-history-row jpp-history-picked" : "jpp-history-row"}
    >
      <span role="cell" class="jpp-history-pick">
        <input
          type="checkbox"
          aria-label={`Select ${row.name}`}
          checked={picked}
          onClick={(event) => pick(row, event.currentTarget.checked, event.shiftKey)}
        />
      </span>
      <RowName row={row} {...actions} />
      <span role="cell" class="jpp-history-status">
        <StatusMark status={row.status} />
        {row.progress !== null && <span class="jpp-note">{percentage(Math.floor(row.progress))}</span>}
      </span>
      <span role="cell" class="jpp-history-estimator" title={row.estimator}>
        {row.estimator}
      </span>
      <Score row={row} metric={metric} />
      <span role="cell" class="jpp-num jpp-history-took">
        {row.duration === null ? UNKNOWN : duration(row.duration, hasEnded(row.status))}
      </span>
      <span role="cell" class="jpp-history-began">
        <time dateTime={row.begun}>{clock(row.begun, Date.now(), "minute")}</time>
      </span>
      <span role="cell" class="jpp-history-tags">
        <Tags tags={row.tags} />
      </span>
      <span role="cell" class="jpp-history-edit">
        <button type="button" class="jpp-icon-button" aria-label={`Change ${row.name}`} title="Tags, notes, delete" onClick={() => edit(row.runId)}>
          <Icon name="more" />
        </button>
      </span>
    </div>
  );
}

function RowName({ row, view, onChanged, onRefused }: RowActions & { row: RunRow }): JSX.Element {
  const run = { run_id: row.runId, name: row.name, tags: row.tags, notes: "" };
  const editing = useRunEditing(view, run, { onChanged });
  useEffect(() => {
    if (editing.problem) onRefused(`${row.name} keeps its name: ${editing.problem}`);
  }, [editing.problem]);
  const { name } = editing.shown;
  return (
    <span role="rowheader" class={editing.isPending ? "jpp-history-name jpp-wished" : "jpp-history-name"}>
      <NameEditor editing={editing}>
        <a class="jpp-history-link" href={hashOf({ at: "now", runId: row.runId })} title={name}>
          {name}
        </a>
      </NameEditor>
      {row.hasNotes && (
        <span class="jpp-history-notes" title="It has notes">
          <Icon name="note" label="It has notes" />
        </span>
      )}
    </span>
  );
}

function Score({ row, metric }: Pick<HistoryRowProps, "row" | "metric">): JSX.Element {
  if (metric !== null) {
    return (
      <span role="cell" class="jpp-num jpp-history-score">
        {row.metric === null ? UNKNOWN : figure(row.metric)}
      </span>
    );
  }
  const { score } = row;
  if (!score) {
    return (
      <span role="cell" class="jpp-num jpp-history-score jpp-history-none">
        {UNKNOWN}
      </span>
    );
  }
  const name = nameOf(score.name);
  const title = score.isLive ? `Last ${withinSentence(name)} on validation rows` : `${name} on test rows`;
  return (
    <span role="cell" class={`jpp-num jpp-history-score${score.isLive ? " jpp-history-live" : ""}`} title={title}>
      <span class="jpp-history-metric">{withinSentence(name)}</span> {score.value.toFixed(4)}
    </span>
  );
}
