/** The table of a comparison: a column for each run, a line for each thing that is compared. */

import { Fragment, type ComponentChildren, type JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  bestOf,
  comparedMetrics,
  comparedParameters,
  comparedStages,
  type ComparedLine,
} from "../../model/comparison";
import { bytes, clock, count, duration, figure, nameOf, UNKNOWN } from "../../model/format";
import { begunTime } from "../../model/run_facts";
import { hasEnded } from "../../model/transitions";
import type { RunState } from "../../model/wire";
import { Boundary } from "../../view/Boundary";
import { colourName, styleOf } from "../../view/charts/palette";
import { Icon } from "../../view/icons";
import { ConfusionMatrix } from "../../view/Results";
import { StatusMark, Tags } from "../../view/Status";
import { PlaceLink } from "../PlaceLink";

interface CompareTableProps {
  runs: readonly RunState[];
  drop: (runId: string) => void;
}

export function CompareTable({ runs, drop }: CompareTableProps): JSX.Element {
  return (
    <div class="jpp-compare-scroll" tabIndex={0} role="region" aria-label="Runs side by side">
      <table class="jpp-compare-table">
        <thead>
          <tr>
            <td />
            {runs.map((run, index) => (
              <th key={run.run_id} scope="col">
                <RunHead run={run} place={index} drop={runs.length > 1 ? drop : null} />
              </th>
            ))}
          </tr>
        </thead>
        <Boundary what="The facts">
          <Facts runs={runs} />
        </Boundary>
        <Boundary what="The parameters">
          <Parameters runs={runs} />
        </Boundary>
        <Boundary what="The scores">
          <Group title="Scores" runs={runs.length} isEmpty={comparedMetrics(runs).length === 0} empty="Nothing was measured.">
            {comparedMetrics(runs).map((line) => (
              <MetricLine key={line.name} line={line} />
            ))}
          </Group>
        </Boundary>
        <Boundary what="The stages">
          <Group title="Stages" runs={runs.length} isEmpty={comparedStages(runs).length === 0} empty="No stage has begun.">
            {comparedStages(runs).map((line) => (
              <Line key={line.name} name={line.name} cells={line.values.map(tookWords)} isFigures />
            ))}
          </Group>
        </Boundary>
        <Boundary what="The confusion matrices">
          <Matrices runs={runs} />
        </Boundary>
      </table>
    </div>
  );
}

interface RunHeadProps {
  run: RunState;
  /** Among the runs: its colour in the charts. */
  place: number;
  drop: ((runId: string) => void) | null;
}

function RunHead({ run, place, drop }: RunHeadProps): JSX.Element {
  const name = run.name || run.run_id;
  const swatch = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    swatch.current?.style.setProperty("background", `var(${colourName(styleOf(place, 0))})`);
  }, [place]);
  return (
    <div class="jpp-compare-run">
      <span class="jpp-compare-swatch" ref={swatch} aria-hidden="true" />
      <PlaceLink to={{ at: "now", runId: run.run_id }} title={name}>
        {name}
      </PlaceLink>
      {drop && (
        <button
          type="button"
          class="jpp-icon-button"
          aria-label={`Take ${name} out of the comparison`}
          title="Take it out of the comparison"
          onClick={() => drop(run.run_id)}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

interface GroupProps {
  title: string;
  /** How many. */
  runs: number;
  isEmpty?: boolean;
  empty?: string;
  note?: string;
  children: ComponentChildren;
}

function Group({ title, runs, isEmpty = false, empty, note, children }: GroupProps): JSX.Element {
  return (
    <tbody>
      <tr class="jpp-compare-title">
        <th scope="rowgroup" colSpan={runs + 1}>
          <span>
            {title}
            {note && <span class="jpp-note"> {note}</span>}
          </span>
        </th>
      </tr>
      {isEmpty && empty ? (
        <tr>
          <td colSpan={runs + 1} class="jpp-empty">
            {empty}
          </td>
        </tr>
      ) : (
        children
      )}
    </tbody>
  );
}

interface LineProps {
  name: string;
  cells: readonly ComponentChildren[];
  isDifferent?: boolean;
  best?: ReadonlySet<number>;
  isFigures?: boolean;
}

/** A name of code, which goes on in the next line after its own joints. */
function Breakable({ name }: { name: string }): JSX.Element {
  const parts = name.split(/(?<=[_.])/);
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}

function Line({ name, cells, isDifferent = false, best, isFigures = false }: LineProps): JSX.Element {
  return (
    <tr class={isDifferent ? "jpp-compare-differs" : ""}>
      <th scope="row" title={name}>
        <Breakable name={name} />
        {isDifferent && <span class="jpp-spoken"> (differs)</span>}
      </th>
      {cells.map((cell, index) => (
        <td key={index} class={[isFigures ? "jpp-compare-figure" : "", best?.has(index) ? "jpp-compare-best" : ""].join(" ")}>
          {cell}
          {best?.has(index) && <span class="jpp-best-mark"> best</span>}
        </td>
      ))}
    </tr>
  );
}

function Facts({ runs }: { runs: readonly RunState[] }): JSX.Element {
  const today = Date.now();
  const took = (run: RunState): string => (run.elapsed_time === null ? UNKNOWN : duration(run.elapsed_time, hasEnded(run.status)));
  const lines: { name: string; of: (run: RunState) => ComponentChildren; isShown: boolean }[] = [
    { name: "Status", of: (run) => <StatusMark status={run.status} />, isShown: true },
    { name: "Began", of: (run) => clock(begunTime(run), today, "minute"), isShown: true },
    { name: "Took", of: took, isShown: true },
    { name: "Tags", of: (run) => <Tags tags={run.tags} />, isShown: runs.some((run) => run.tags.length > 0) },
    { name: "Notes", of: (run) => <span class="jpp-notes-text">{run.notes}</span>, isShown: runs.some((run) => run.notes.trim() !== "") },
    { name: "Rows", of: rowWords, isShown: runs.some((run) => run.result?.rows) },
    { name: "Peak memory", of: (run) => bytes(run.resources?.peak_memory ?? null), isShown: runs.some((run) => run.resources?.peak_memory) },
    { name: "Error", of: (run) => run.error && `${run.error.type}: ${run.error.message}`, isShown: runs.some((run) => run.error) },
  ];
  return (
    <Group title="Facts" runs={runs.length}>
      {lines
        .filter(({ isShown }) => isShown)
        .map(({ name, of }) => (
          <Line key={name} name={name} cells={runs.map(of)} />
        ))}
    </Group>
  );
}

function rowWords(run: RunState): string {
  const rows = run.result?.rows;
  if (!rows) return UNKNOWN;
  return `${count(rows.train)} train, ${count(rows.validation)} validation, ${count(rows.test)} test`;
}

function Parameters({ runs }: { runs: readonly RunState[] }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const lines = comparedParameters(runs);
  const different = lines.filter((line) => line.isDifferent);
  const equal = lines.filter((line) => !line.isDifferent);
  const shown = isWhole || runs.length === 1 ? lines : different;
  const note = runs.length > 1 ? `${different.length} ${different.length === 1 ? "differs" : "differ"}, ${equal.length} equal` : "";
  return (
    <Group title="Parameters" runs={runs.length} note={note} isEmpty={!lines.length} empty="These runs tell no parameters.">
      {shown.map((line) => (
        <Line key={line.name} name={line.name} cells={line.values.map(valueWords)} isDifferent={line.isDifferent} />
      ))}
      {runs.length > 1 && equal.length > 0 && (
        <tr>
          <td colSpan={runs.length + 1}>
            <button type="button" class="jpp-button jpp-quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
              {isWhole ? "Hide" : "Show"} what is equal ({equal.length})
            </button>
          </td>
        </tr>
      )}
    </Group>
  );
}

/** A parameter as it was given: no digit of it is rounded away. */
function valueWords(value: unknown): string {
  if (value === undefined) return UNKNOWN;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function tookWords(value: unknown): string {
  return typeof value === "number" ? duration(value, true) : UNKNOWN;
}

function MetricLine({ line }: { line: ComparedLine }): JSX.Element {
  const isTest = line.name.startsWith("test.");
  const name = line.name.slice(line.name.indexOf(".") + 1);
  const isLive = name === "live_accuracy" || name === "live_score";
  const title = isTest ? `${nameOf(name)} (test)` : isLive ? nameOf(name) : name;
  return <Line name={title} cells={line.values.map(figure)} best={bestOf(line)} isFigures />;
}

function Matrices({ runs }: { runs: readonly RunState[] }): JSX.Element | null {
  if (!runs.some((run) => run.result?.confusion_matrix)) return null;
  return (
    <Group title="Confusion matrices" runs={runs.length}>
      <tr class="jpp-compare-matrices">
        <th scope="row">True class by row, predicted by column</th>
        {runs.map((run) => (
          <td key={run.run_id}>
            {run.result?.confusion_matrix ? (
              <ConfusionMatrix matrix={run.result.confusion_matrix} classes={run.result.classes} of={run.name || run.run_id} />
            ) : (
              UNKNOWN
            )}
          </td>
        ))}
      </tr>
    </Group>
  );
}
