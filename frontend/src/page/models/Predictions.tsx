/** What a model predicts for rows; of a classifier how likely it holds each class. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { percentage } from "../../model/format";
import { valueText, type Prediction } from "../../model/prediction_rows";

const MOST_ROWS = 100;
const MOST_CLASSES = 5;

interface PredictionsProps {
  version: number | null;
  predictions: readonly Prediction[];
}

export function Predictions({ version, predictions }: PredictionsProps): JSX.Element {
  const hasShares = predictions.some(({ likely }) => likely !== null);
  const more = predictions.length - MOST_ROWS;
  return (
    <div class="jpp-predictions">
      <table class="jpp-table">
        <caption>{version === null ? "Predicted" : `Predicted by version ${version}`}</caption>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Prediction</th>
            {hasShares && <th scope="col">Probability of each class</th>}
          </tr>
        </thead>
        <tbody>
          {predictions.slice(0, MOST_ROWS).map(({ value, likely }, index) => (
            <tr key={index}>
              <th scope="row">{index + 1}</th>
              <td class="jpp-predicted">{valueText(value)}</td>
              {hasShares && <td class="jpp-likely-cell">{likely && <Likely likely={likely} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="jpp-hint">And {more.toLocaleString("en-US")} rows more, which are not shown.</p>}
    </div>
  );
}

function Likely({ likely }: { likely: NonNullable<Prediction["likely"]> }): JSX.Element {
  const rest = likely.slice(MOST_CLASSES);
  const left = rest.reduce((sum, { share }) => sum + share, 0);
  return (
    <ul class="jpp-likely">
      {likely.slice(0, MOST_CLASSES).map(({ name, share }) => (
        <Share key={name} name={name} share={share} />
      ))}
      {rest.length > 0 && (
        <li class="jpp-note">
          {rest.length} others, {percentage(100 * left, 1)} together
        </li>
      )}
    </ul>
  );
}

function Share({ name, share }: { name: string; share: number }): JSX.Element {
  const fill = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (fill.current) fill.current.style.transform = `scaleX(${share})`;
  }, [share]);
  return (
    <li class="jpp-share">
      <span class="jpp-share-name" title={name}>
        {name}
      </span>
      <span class="jpp-share-track" aria-hidden="true">
        <span class="jpp-share-fill" ref={fill} />
      </span>
      <span class="jpp-num">{percentage(100 * share, 1)}</span>
    </li>
  );
}
