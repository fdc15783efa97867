/** How a run ended: its test figures and confusion matrix, or what went wrong. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { count, nameOf, returned, UNKNOWN } from "../model/format";
import type { ReturnedValue, RunError, RunResult } from "../model/wire";
import { titleOf } from "../model/reading";
import { Figure } from "./Progress";

const MOST_CLASSES = 20;

export function TestResults({ result }: { result: RunResult }): JSX.Element {
  const { rows } = result;
  const measured = Object.entries(result.test ?? {});
  const test = measured.some(([, value]) => value !== null) ? result.test : null;
  const isClassified = test !== null && "accuracy" in test;
  const digits = (value: number | null): string => {
    if (value === null) return UNKNOWN;
    return isClassified ? value.toFixed(4) : value.toPrecision(5);
  };
  return (
    <>
      {test ? (
        <dl class="jpp-figures">
          {measured.map(([name, value]) => (
            <Figure key={name} name={nameOf(name)}>
              {digits(value)}
            </Figure>
          ))}
        </dl>
      ) : (
        <p class="jpp-empty">
          {rows?.test ? "There is no model to test: the search did not refit." : "No rows were held out for a test."}
        </p>
      )}
      {rows && (
        <p class="jpp-hint">
          {count(rows.train)} rows for training, {count(rows.validation)} for validation,{" "}
          {count(rows.test)} for the test{result.stopped || result.stopped_early ? "; stopped early" : ""}
        </p>
      )}
      {result.confusion_matrix && (
        <ConfusionMatrix matrix={result.confusion_matrix} classes={result.classes} />
      )}
    </>
  );
}

/** What a function gave back; the value itself is opened in the kernel alone. */
export function Returned({ value }: { value: ReturnedValue }): JSX.Element {
  return (
    <>
      <p class="jpp-returned">{returned(value) ?? "Returned nothing"}</p>
      <p class="jpp-hint">
        {value.problem ? `Not kept: ${value.problem}` : "In the notebook it is the run's value: run.value"}
      </p>
    </>
  );
}

interface MatrixProps {
  matrix: number[][];
  classes: string[] | null;
  /** Whose it is, where several stand beside each other. */
  of?: string;
}

function Cell({ value, most, isRight }: { value: number; most: number; isRight: boolean }): JSX.Element {
  const cell = useRef<HTMLTableCellElement>(null);
  const strength = value && most ? 0.12 + 0.68 * (value / most) : 0;
  useLayoutEffect(() => {
    cell.current?.style.setProperty("--strength", `${Math.round(strength * 100)}%`);
  }, [strength]);
  return (
    <td ref={cell} class={isRight ? "jpp-right" : value ? "jpp-wrong" : ""}>
      {value || "·"}
    </td>
  );
}

export function ConfusionMatrix({ matrix, classes, of }: MatrixProps): JSX.Element {
  if (matrix.length > MOST_CLASSES) {
    return <p class="jpp-hint">{matrix.length} classes: too many for a confusion matrix here.</p>;
  }
  const names = matrix.map((_, index) => classes?.[index] ?? String(index));
  const most = Math.max(...matrix.flat(), 0);
  return (
    <div class="jpp-scroll" tabIndex={0} role="region" aria-label={of ? `Confusion matrix of ${of}` : "Confusion matrix"}>
      <table class="jpp-matrix">
        <caption>True class by row, predicted class by column</caption>
        <thead>
          <tr>
            <td />
            {names.map((name, index) => (
              <th key={index} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, index) => (
            <tr key={index}>
              <th scope="row">{names[index]}</th>
              {row.map((value, at) => (
                <Cell key={at} value={value} most={most} isRight={index === at} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What went wrong, where, and what to do; with the user's part of the traceback. */
export function Failure({ error, isWhole }: { error: RunError; isWhole: boolean }): JSX.Element {
  return (
    <div class="jpp-failure" role="group" aria-label="Why the run failed">
      <p class="jpp-failure-title">
        <b>{error.type}</b>
        {error.stage ? <span class="jpp-note"> in {titleOf(error.stage)}</span> : null}
        {isWhole && error.reason ? <code class="jpp-reason">{error.reason}</code> : null}
      </p>
      <p class={isWhole ? "jpp-failure-message" : "jpp-failure-message jpp-clamped"}>
        {error.message}
      </p>
      {error.hint && (
        <p class="jpp-failure-hint">
          <b>What to do:</b> {error.hint}
        </p>
      )}
      {isWhole && error.traceback && (
        <pre class="jpp-pre" tabIndex={0} aria-label="Traceback">
          {error.traceback}
        </pre>
      )}
      {isWhole && error.output && (
        <>
          <p class="jpp-hint">The last that it printed:</p>
          <pre class="jpp-pre" tabIndex={0} aria-label="The last that it printed">
            {error.output}
          </pre>
        </>
      )}
    </div>
  );
}
