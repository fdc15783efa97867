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
  return (
    <div class="jpp-activity-filters" role="search" aria-label="Which lines are shown">
      <Levels level={filter.level} choose={(level) => other({ level })} />
      <Choice
        label="What it is about"
        all="All kinds"
        value={filter.kind}
        options={KINDS.map(({ kind, words }) => [kind, words])}
        choose={(kind) => other({ kind })}
      />
      <Choice
        label="Run"
        all="All runs"
        value={filter.runId}
        options={runs.slice(0, MOST_RUNS).map((run) => [run.run_id, run.name || run.run_id])}
        choose={(runId) => other({ runId })}
      />
      <Words filter={filter} choose={choose} />
      {isFiltering(filter) && (
        <button type="button" class="jpp-button jpp-quiet" onClick={() => choose(EVERYTHING)}>
          Show everything
        </button>
      )}
    </div>
  );
}

interface LevelsProps {
  level: ActivityLevel | null;
  choose: (level: ActivityLevel | null) => void;
}

function Levels({ level: chosen, choose }: LevelsProps): JSX.Element {
  return (
    <div class="jpp-segments" role="group" aria-label="Level">
      {[null, ...LEVELS].map((level) => (
        <button
          key={level ?? "all"}
          type="button"
          class="jpp-segment"
          aria-pressed={chosen === level}
          onClick={() => choose(level)}
        >
          {level === null ? "All" : LEVEL_WORDS[level]}
        </button>
      ))}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  /** What stands for no choice. */
  all: string;
  value: string | null;
  options: readonly (readonly [value: string, words: string])[];
  choose: (value: string | null) => void;
}

/** One of several; what the address says is among them, though nobody here knows it. */
function Choice({ label, all, value, options, choose }: ChoiceProps): JSX.Element {
  const isKnown = value === null || options.some(([known]) => known === value);
  const shown = isKnown ? options : [[value, value] as const, ...options];
  return (
    <select
      class="jpp-dropdown"
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => choose(event.currentTarget.value || null)}
    >
      <option value="">{all}</option>
      {shown.map(([known, words]) => (
        <option key={known} value={known}>
          {words}
        </option>
      ))}
    </select>
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
