/** One line with its name, its value at the moment that is read, and what is said of it in words. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Sample } from "../../model/health_history";
import { amountWords, limitWords, reasonOf, valueWords, type HealthRow } from "../../model/health_rows";
import type { Health, Threshold } from "../../model/wire";
import { Icon } from "../icons";
import { Sparkline } from "./Sparkline";
import { CursorLine } from "./TimeAxis";

interface FigureRowProps {
  row: HealthRow;
  samples: readonly Sample[];
  thresholds: ReadonlyMap<string, Threshold>;
  from: number;
  to: number;
  boundaries: readonly number[];
  /** The moment that is read; null: the newest. */
  at: number | null;
  sample: Sample | null;
  health: Health;
}

type Level = "plain" | "yellow" | "red";

function levelOf(value: number | null, threshold: Threshold | undefined): Level {
  if (value === null || !threshold) return "plain";
  if (threshold.red !== null && value >= threshold.red) return "red";
  return threshold.yellow !== null && value >= threshold.yellow ? "yellow" : "plain";
}

export function FigureRow(props: FigureRowProps): JSX.Element {
  const { row, samples, thresholds, from, to, boundaries, at, sample, health } = props;
  const [first, second] = row.figures;
  const threshold = thresholds.get(first!.path);
  const value = sample?.values[first!.path] ?? null;
  // Drawn again only for another second or another width of time, not for a cursor that moves over it.
  const line = useMemo(
    () => <Sparkline row={row} samples={samples} threshold={threshold} from={from} to={to} boundaries={boundaries} />,
    [row, samples, threshold, from, to, boundaries],
  );
  const other = second && `${valueWords(sample?.values[second.path] ?? null, row.unit)} ${second.title}`;
  return (
    <div class="jpp-hour-row" data-figure={row.id}>
      <span class="jpp-hour-name" title={row.title}>
        {row.title}
      </span>
      <span class={`jpp-hour-value jpp-level-${levelOf(value, threshold)}`}>
        {valueWords(value, row.unit)}
        {second && <span class="jpp-hour-unit"> {first!.title}</span>}
      </span>
      <div class="jpp-hour-plot jpp-hour-box">
        {line}
        {at !== null && <CursorLine share={(at - from) / (to - from)} />}
      </div>
      <Words row={row} threshold={threshold} health={at === null ? health : null} other={other} />
    </div>
  );
}

interface WordsProps {
  row: HealthRow;
  threshold: Threshold | undefined;
  /** Null while another moment is read: its words would be of now. */
  health: Health | null;
  other: string | undefined;
}

function Words({ row, threshold, health, other }: WordsProps): JSX.Element {
  const reason = health && reasonOf(threshold, health);
  if (health && reason) {
    const tone = reason.words.includes("(red") ? " jpp-hour-critical" : "";
    return (
      <span class={`jpp-hour-words jpp-hour-reason${tone}`} title={reason.words}>
        {reason.isJudged && <Icon name="warning" label="Over its threshold" />}
        <span>
          {reason.words}
          <span class="jpp-hour-limits"> {amountWords(row, health)}</span>
        </span>
      </span>
    );
  }
  const card = row.id.startsWith("gpu-") && !row.id.endsWith("-memory") ? row.figures[0]!.title : "";
  const words = [other, (health && amountWords(row, health)) || card].filter(Boolean).join(" · ");
  return (
    <span class="jpp-hour-words">
      {words && <span title={words}>{words}</span>}
      {threshold && <span class="jpp-hour-limits">{limitWords(threshold)}</span>}
    </span>
  );
}
