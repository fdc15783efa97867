/** A chart as a table: for those who cannot see it always, for everybody on demand. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { tableOf } from "../../model/chart_table";
import { valueWords } from "../../model/scales";
import { stepWords } from "./Legend";
import { labelOf, type ChartLine } from "./LineChart";
import { useSlowly } from "./slowly";

const ROWS = 50;
const HIDDEN_ROWS = 12;
const HIDDEN_EVERY_MS = 1000;

interface ChartTableProps {
  title: string;
  lines: readonly ChartLine[];
  isShown: boolean;
}

export function ChartTable({ title, lines: newest, isShown }: ChartTableProps): JSX.Element {
  const lines = useSlowly(newest, HIDDEN_EVERY_MS, isShown);
  const points = lines.map((line) => line.points);
  const rows = useMemo(() => tableOf(points, isShown ? ROWS : HIDDEN_ROWS), [isShown, ...points]);
  const table = (
    <table class="jpp-table jpp-chart-table">
      <caption class="jpp-spoken">{title} by step</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          {lines.map((line) => (
            <th key={line.key} scope="col" class="jpp-num" title={line.title}>
              {labelOf(line, lines)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ step, values }) => (
          <tr key={step}>
            <th scope="row">{stepWords(step)}</th>
            {values.map((value, index) => (
              <td key={lines[index]!.key} class="jpp-num">
                {valueWords(value)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (!isShown) return <div class="jpp-spoken">{table}</div>;
  return (
    <div class="jpp-chart-rows" tabIndex={0} role="region" aria-label={`Table of ${title}`}>
      {table}
    </div>
  );
}
