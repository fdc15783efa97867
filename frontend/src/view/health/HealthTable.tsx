/** The lines' figures as numbers, for whoever does not see them or wants them exactly. */

import type { JSX } from "preact";
import { duration, UNKNOWN } from "../../model/format";
import { toldOf, type Sample } from "../../model/health_history";
import { valueWords, type HealthRow } from "../../model/health_rows";
import type { Threshold } from "../../model/wire";

interface HealthTableProps {
  rows: readonly HealthRow[];
  samples: readonly Sample[];
  thresholds: ReadonlyMap<string, Threshold>;
  /** The stretch of time, as a sentence ends. */
  within: string;
}

export function HealthTable({ rows, samples, thresholds, within }: HealthTableProps): JSX.Element {
  return (
    <div class="jpp-scroll" tabIndex={0} role="region" aria-label={`Health in ${within}, as a table`}>
      <table class="jpp-table jpp-health-table">
        <caption>In {within}</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            {["Now", "Lowest", "Average", "Highest", "At its threshold or above"].map((name) => (
              <th key={name} scope="col" class="jpp-num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.flatMap((row) =>
            row.figures.map(({ path, title }) => {
              const told = toldOf(samples, path, thresholds.get(path));
              const name = row.figures.length > 1 ? `${row.title}, ${title}` : row.title;
              return (
                <tr key={path}>
                  <th scope="row">{name}</th>
                  {[told.now, told.lowest, told.average, told.highest].map((value, index) => (
                    <td key={index} class="jpp-num">
                      {valueWords(value, row.unit)}
                    </td>
                  ))}
                  <td class="jpp-num">{told.over_s === null ? UNKNOWN : overWords(told.over_s)}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}

function overWords(seconds: number): string {
  return seconds > 0 ? duration(seconds) : "never";
}
