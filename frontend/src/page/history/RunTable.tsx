/**
 * The table of runs. Only the rows in sight are in the document, at their places in a box as high as all of
 * them; the roles say how many there are and which these are.
 */

import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { nameOf } from "../../model/format";
import { isLessBetter } from "../../model/run_facts";
import { orderOf, shownMetric, sortedBy, type RunQuery } from "../../model/run_query";
import type { RunRow } from "../../model/run_rows";
import { rowAfterKey, rowWindow, scrolledTo, type Scrolled } from "../../model/row_window";
import type { ScrolledBox } from "./use_scrolled";
import { HistoryRow, type RowActions } from "./HistoryRow";

export const ROW_HEIGHT = 36;
export const CARD_HEIGHT = 62;
/** Narrower than this a row is a card of two lines. */
export const CARDS_BELOW = 700;

interface RunTableProps extends RowActions {
  query: RunQuery;
  setQuery: (query: RunQuery) => void;
  rows: readonly RunRow[];
  total: number;
  box: RefObject<HTMLDivElement | null>;
  scrolled: ScrolledBox;
  isStale: boolean;
}

export function RunTable(props: RunTableProps): JSX.Element {
  const { query, rows, total, box, scrolled, isStale, ...actions } = props;
  const isCards = scrolled.width < CARDS_BELOW;
  const rowHeight = isCards ? CARD_HEIGHT : ROW_HEIGHT;
  const at: Scrolled = { ...scrolled, rowHeight, count: total };
  const metric = shownMetric(query);
  const { from, to } = rowWindow(at);
  const wanted = useWantedRow(box);
  const moveOn = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>("[data-row]");
    const next = row && rowAfterKey(event.key, Number(row.dataset["row"]), at);
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    wanted.current = next;
    if (box.current) box.current.scrollTop = scrolledTo(next, { ...at, height: at.height - headerHeight(isCards) });
    focusRow(box.current, wanted);
  };
  const shown = [...rows.slice(from, to).entries()].map(([index, row]) => ({ row, index: from + index }));
  return (
    <div
      ref={box}
      class={`jpp-history-box${isCards ? " jpp-cards" : ""}${isStale ? " jpp-history-stale" : ""}`}
      tabIndex={-1}
    >
      <div role="table" aria-label="Runs" aria-rowcount={total + 1} aria-busy={isStale} class="jpp-history-table">
        <Headers query={query} setQuery={props.setQuery} metric={metric} isUnseen={isCards} />
        <Body height={total * rowHeight} onKeyDown={moveOn}>
          {shown.map(({ row, index }) => (
            <HistoryRow key={row.runId} row={row} index={index} top={index * rowHeight} metric={metric} {...actions} />
          ))}
          {to > rows.length && <Awaited from={Math.max(from, rows.length)} to={to} rowHeight={rowHeight} />}
        </Body>
      </div>
    </div>
  );
}

const HEADER_HEIGHT = 34;

function headerHeight(isCards: boolean): number {
  return isCards ? 0 : HEADER_HEIGHT;
}

/** The row that a key has led to gets the focus once it is drawn: it may have to be loaded first. */
function useWantedRow(box: RefObject<HTMLDivElement | null>): { current: number | null } {
  const wanted = useRef<number | null>(null);
  useEffect(() => focusRow(box.current, wanted));
  return wanted;
}

function focusRow(box: HTMLDivElement | null, wanted: { current: number | null }): void {
  if (wanted.current === null) return;
  const link = box?.querySelector<HTMLElement>(`[data-row="${wanted.current}"] .jpp-history-link`);
  if (!link) return;
  link.focus({ preventScroll: true });
  wanted.current = null;
}

interface BodyProps {
  height: number;
  onKeyDown: (event: KeyboardEvent) => void;
  children: (JSX.Element | JSX.Element[] | false)[];
}

function Body({ height, onKeyDown, children }: BodyProps): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    body.current?.style.setProperty("height", `${height}px`);
  }, [height]);
  return (
    <div role="rowgroup" ref={body} class="jpp-history-body" onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

/** Rows that are known to be there, and are not loaded yet. */
function Awaited({ from, to, rowHeight }: { from: number; to: number; rowHeight: number }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current?.style.setProperty("top", `${from * rowHeight}px`);
    element.current?.style.setProperty("height", `${(to - from) * rowHeight}px`);
    element.current?.style.setProperty("--row", `${rowHeight}px`);
  });
  return <div ref={element} class="jpp-history-awaited" role="presentation" />;
}

interface Column {
  key: string;
  title: string;
  /** Most of it first, where it is pressed first. */
  isDescending?: boolean;
  class?: string;
}

function columnsOf(metric: string | null): (Column | null)[] {
  const score: Column =
    metric === null
      ? { key: "score", title: "Score", isDescending: true, class: "jpp-num" }
      : { key: metric, title: metricTitle(metric), isDescending: !isLessBetter(metric), class: "jpp-num" };
  return [
    { key: "name", title: "Run" },
    null, // Status
    null, // Estimator
    score,
    { key: "duration", title: "Took", isDescending: true, class: "jpp-num" },
    { key: "began", title: "Began", isDescending: true },
  ];
}

const UNSORTED = ["", "Status", "Estimator"];

/** `test.f1_macro`: `F1 (macro)`; what was logged keeps the name that it was given. */
export function metricTitle(metric: string): string {
  const name = metric.slice(metric.indexOf(".") + 1);
  return metric.startsWith("test.") ? nameOf(name) : name;
}

interface HeadersProps extends Pick<RunTableProps, "query" | "setQuery"> {
  metric: string | null;
  /** Cards have no columns: the headers are only read out, and a field beside the words has the order. */
  isUnseen: boolean;
}

function Headers({ query, setQuery, metric, isUnseen }: HeadersProps): JSX.Element {
  const order = orderOf(query);
  return (
    <div role="rowgroup" class="jpp-history-head">
      <div role="row" aria-rowindex={1} class="jpp-history-row">
        <span role="columnheader" class="jpp-history-pick">
          <span class="jpp-spoken">Selected</span>
        </span>
        {columnsOf(metric).map((column, index) => {
          if (column === null) {
            return (
              <span role="columnheader" key={index} class={index === 1 ? "jpp-history-status" : "jpp-history-estimator"}>
                {UNSORTED[index]}
              </span>
            );
          }
          const sorted = order.key === column.key ? (order.isDescending ? "descending" : "ascending") : "none";
          return (
            <span role="columnheader" key={column.key} aria-sort={sorted} class={column.class ?? ""}>
              <button
                type="button"
                class="jpp-sort"
                tabIndex={isUnseen ? -1 : 0}
                title={column.title}
                onClick={() => setQuery(sortedBy(query, column.key, column.isDescending ?? false))}
              >
                {column.title}
                <span class={`jpp-sorted jpp-sorted-${sorted}`} aria-hidden="true" />
              </button>
            </span>
          );
        })}
        <span role="columnheader" class="jpp-history-tags">Tags</span>
        <span role="columnheader">
          <span class="jpp-spoken">Change</span>
        </span>
      </div>
    </div>
  );
}
