/** Choosing the runs to draw behind another: some are offered, all are found by name. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { MOST_BEHIND, MOST_OFFERED, offered } from "../../model/behind";
import { clock, count } from "../../model/format";
import { EVERYTHING } from "../../model/run_query";
import type { RunRow } from "../../model/run_rows";
import { runsNewestFirst } from "../../model/view_state";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { tailOf } from "../../view/charts/MetricCharts";
import { StatusIcon, whyNotNow } from "../../view/Status";
import { useFoundRuns } from "../history/use_found_runs";
import { WordsField } from "../history/WordsField";

interface RunPickerProps {
  view: FeedView;
  /** The one in front. */
  run: RunState;
  ids: readonly string[];
  choose: (runId: string, isDrawn: boolean) => void;
}

export function RunPicker({ view, run, ids, choose }: RunPickerProps): JSX.Element {
  const [words, setWords] = useState("");
  const found = useFoundRuns(view, { ...EVERYTHING, words: words || run.name }, MOST_OFFERED);
  const others = found.rows.filter((row) => row.runId !== run.run_id);
  // Made once for each answer: what a person is about to press does not move.
  const suggested = useMemo(
    () => offered(run, others, runsNewestFirst(view.state)),
    [run.run_id, words, found.isAsking],
  );
  const rows = words ? others.slice(0, MOST_OFFERED) : suggested;
  const more = words ? others.length - rows.length : 0;
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.querySelector("input")?.focus(), []);
  const isFull = ids.length >= MOST_BEHIND;
  const whyNot = whyNotNow(view.feeding);
  return (
    <div class="jpp-picker" ref={top}>
      <WordsField words={words} setWords={setWords} />
      {rows.map((row) => {
        const isChosen = ids.includes(row.runId);
        return (
          <Choice
            key={row.runId}
            row={row}
            tail={rows.some((other) => other !== row && other.name === row.name) ? tailOf(row.runId) : null}
            isChosen={isChosen}
            isOff={isFull && !isChosen}
            choose={() => choose(row.runId, !isChosen)}
          />
        );
      })}
      <p class="jpp-hint" role="status">
        {whyNot ?? found.problem}
        {!whyNot && !found.problem && saidOf(rows.length, more, found.isAsking, words)}
        {isFull && ` At most ${MOST_BEHIND} are drawn behind one.`}
      </p>
    </div>
  );
}

function saidOf(shown: number, more: number, isAsking: boolean, words: string): string {
  if (shown === 0) return isAsking ? "Loading…" : words ? "No other run fits these words." : "There is no other run yet.";
  return more > 0 ? `${count(more)} more: type more of the name.` : "";
}

interface ChoiceProps {
  row: RunRow;
  /** The end of its id, where others have its name. */
  tail: string | null;
  isChosen: boolean;
  isOff: boolean;
  choose: () => void;
}

function Choice({ row, tail, isChosen, isOff, choose }: ChoiceProps): JSX.Element {
  const facts = [tail, row.score?.value.toFixed(3), clock(row.begun, Date.now(), "minute")];
  return (
    <label class="jpp-choice jpp-picker-run" title={row.runId}>
      <input type="checkbox" checked={isChosen} disabled={isOff} onChange={choose} />
      <StatusIcon status={row.status} />
      <span class="jpp-choice-name">{row.name}</span>
      <span class="jpp-note">{facts.filter(Boolean).join(" · ")}</span>
    </label>
  );
}
