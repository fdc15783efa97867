/** Which lines are shown: by level, kind, run and words. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { EVERYTHING, isFiltering, LEVELS, LONGEST_WORDS, type ActivityFilter } from "../../model/activity_filter";
import { KINDS } from "../../model/activity_kinds";
import type { ActivityLevel, RunState } from "../../model/wire";

interface FilterBarProps {
  filter: ActivityFilter;
  /** Newest first. */
  runs: readonly RunState[];
  /** `instead`: while somebody types. */
  choose: (filter: ActivityFilter, how?: "instead") => void;
}

const LEVEL_WORDS: Record<ActivityLevel, string> = {
  info: "Information",
  success: "Success",
  warning: "Warnings",
  error: "Errors",
};
const TYPED_AFTER_MS = 250;
const MOST_RUNS = 100;

export function FilterBar({ filter, runs, choose }: FilterBarProps): JSX.Element {
  const other = (change: Partial<ActivityFilter>): void => choose({ ...filter, ...change });
  const isKnown = runs.some((run) => run.run_id === filter.runId);
  return (
    <div class="jpp-activity-filters" role="search" aria-label="Which lines are shown">
      <div class="jpp-segments" role="group" aria-label="Level">
        {[null, ...LEVELS].map((level) => (
          <button
            key={level ?? "all"}
            type="button"
            class="jpp-segment"
            aria-pressed={filter.level === level}
            onClick={() => other({ level })}
          >
            {level === null ? "All" : LEVEL_WORDS[level]}
          </button>
        ))}
      </div>
      <select
        class="jpp-dropdown"
        aria-label="What it is about"
        value={filter.kind ?? ""}
        onChange={(event) => other({ kind: event.currentTarget.value || null })}
      >
        <option value="">Everything that happens</option>
        {filter.kind !== null && !KINDS.some(({ kind }) => kind === filter.kind) && (
          <option value={filter.kind}>{filter.kind}</option>
        )}
        {KINDS.map(({ kind, words }) => (
          <option key={kind} value={kind}>
            {words}
          </option>
        ))}
      </select>
      <select
        class="jpp-dropdown"
        aria-label="Run"
        value={filter.runId ?? ""}
        onChange={(event) => other({ runId: event.currentTarget.value || null })}
      >
        <option value="">All runs</option>
        {filter.runId !== null && !isKnown && <option value={filter.runId}>{filter.runId}</option>}
        {runs.slice(0, MOST_RUNS).map((run) => (
          <option key={run.run_id} value={run.run_id}>
            {run.name || run.run_id}
          </option>
        ))}
      </select>
      <Words filter={filter} choose={choose} />
      {isFiltering(filter) && (
        <button type="button" class="jpp-button jpp-quiet" onClick={() => choose(EVERYTHING)}>
          Show everything
        </button>
      )}
    </div>
  );
}

/** What is typed is looked for once the typing pauses. */
function Words({ filter, choose }: Pick<FilterBarProps, "filter" | "choose">): JSX.Element {
  const [typed, setTyped] = useState(filter.words);
  const timer = useRef<number | undefined>(undefined);
  const told = useRef(filter.words);
  useEffect(() => {
    // Another way led here: the way back, or "Show everything".
    if (filter.words !== told.current.trim()) setTyped(filter.words);
    told.current = filter.words;
  }, [filter.words]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (words: string): void => {
    setTyped(words);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      told.current = words;
      choose({ ...filter, words }, "instead");
    }, TYPED_AFTER_MS);
  };
  return (
    <input
      type="search"
      class="jpp-input jpp-find-field"
      aria-label="Words in the line"
      placeholder="Find words"
      maxLength={LONGEST_WORDS}
      value={typed}
      onInput={(event) => type(event.currentTarget.value)}
    />
  );
}
