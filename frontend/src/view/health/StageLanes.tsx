/** The stages of runs on the time axis of the lines below. */

import type { JSX } from "preact";
import { clock } from "../../model/format";
import { isSeenIn, stageMarks, type StageMark } from "../../model/stage_marks";
import type { RunState } from "../../model/wire";
import { usePlaceAt } from "./place_at";

interface LaneProps {
  run: RunState;
  from: number;
  to: number;
}

export function StageLane({ run, from, to }: LaneProps): JSX.Element {
  const marks = stageMarks(run).filter((mark) => isSeenIn(mark, from, to));
  return (
    <ol class="jpp-lane" aria-label={`Stages of ${run.name || run.run_id}`}>
      {marks.map((mark) => (
        <Stage key={`${mark.id} ${mark.from}`} mark={mark} from={from} to={to} />
      ))}
    </ol>
  );
}

function Stage({ mark, from, to }: { mark: StageMark; from: number; to: number }): JSX.Element {
  const share = (time: number): number => Math.min(1, Math.max(0, (time - from) / (to - from)));
  const [at, until] = [share(mark.from), share(mark.to ?? to)];
  const place = usePlaceAt<HTMLLIElement>(at, until);
  const words = `${mark.title}, from ${told(mark.from)}${mark.to === null ? " on" : ` to ${told(mark.to)}`}`;
  return (
    <li ref={place} class="jpp-lane-stage" title={words}>
      <span aria-hidden="true" class="jpp-lane-title">
        {mark.title}
      </span>
      <span class="jpp-spoken">{words}</span>
    </li>
  );
}

function told(time: number): string {
  return clock(new Date(time).toISOString(), time);
}
