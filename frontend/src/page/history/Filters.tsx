/** What is looked for: words, statuses, tags, estimators, bounds of metrics; and, taken off one by one, what is. */

import type { JSX } from "preact";
import { EVERYTHING, isNarrowed, orderOf, RELATION_SIGNS, sortOf, type RunQuery } from "../../model/run_query";
import { RUN_STATUSES, titleOf } from "../../model/reading";
import type { RunStatus } from "../../model/wire";
import { Icon } from "../../view/icons";
import { BoundForm } from "./BoundForm";
import { Choices, Menu } from "./Menu";
import { metricTitle } from "./RunTable";
import type { Facets } from "./use_facets";
import { WordsField } from "./WordsField";

interface FiltersProps {
  query: RunQuery;
  setQuery: (query: RunQuery) => void;
  facets: Facets;
  /** There are no headers to order by. */
  isCards: boolean;
}

export function Filters({ query, setQuery, facets, isCards }: FiltersProps): JSX.Element {
  const counted = new Map(facets.statuses.map(({ name, runs }) => [name, runs]));
  const statuses = RUN_STATUSES.map((name) => ({ name, runs: counted.get(name) ?? 0 })).filter(({ runs }) => runs > 0);
  return (
    <div class="jpp-filters" role="search" aria-label="Find runs">
      <WordsField words={query.words} setWords={(words) => setQuery({ ...query, words })} />
      <Menu label="Status" chosen={query.statuses.length}>
        <Choices
          choices={statuses}
          chosen={query.statuses}
          choose={(chosen) => setQuery({ ...query, statuses: chosen as RunStatus[] })}
          wordsOf={titleOf}
          empty="No run has any status yet."
        />
      </Menu>
      <Menu label="Tags" chosen={query.tags.length}>
        <Choices
          choices={facets.tags}
          chosen={query.tags}
          choose={(tags) => setQuery({ ...query, tags })}
          empty="No run has a tag yet. Select runs and tag them, or give tags=[…] where they start."
        />
      </Menu>
      <Menu label="Estimator" chosen={query.estimators.length}>
        <Choices
          choices={facets.estimators}
          chosen={query.estimators}
          choose={(estimators) => setQuery({ ...query, estimators })}
          empty="No run says which estimator it fits."
        />
      </Menu>
      <Menu label="Metric" chosen={query.bounds.length}>
        <BoundForm metrics={facets.metrics} query={query} setQuery={setQuery} />
      </Menu>
      {isCards && <OrderField query={query} setQuery={setQuery} />}
      <Chosen query={query} setQuery={setQuery} />
    </div>
  );
}

function OrderField({ query, setQuery }: Pick<FiltersProps, "query" | "setQuery">): JSX.Element {
  const order = orderOf(query);
  const known: Record<string, string> = {
    newest: "Newest first",
    oldest: "Oldest first",
    name: "By name",
    "-score": "Best score first",
    "-duration": "Longest first",
  };
  const orders = Object.hasOwn(known, query.sort)
    ? known
    : { ...known, [query.sort]: `By ${order.key}${order.isDescending ? ", greatest first" : ""}` };
  return (
    <select class="jpp-input jpp-order" aria-label="Order" value={sortOf(order)} onChange={(event) => setQuery({ ...query, sort: event.currentTarget.value })}>
      {Object.entries(orders).map(([sort, words]) => (
        <option key={sort} value={sort}>
          {words}
        </option>
      ))}
    </select>
  );
}

/** Each thing that is looked for, with a button that takes it off. */
function Chosen({ query, setQuery }: Pick<FiltersProps, "query" | "setQuery">): JSX.Element | null {
  if (!isNarrowed(query)) return null;
  const without = <T,>(all: readonly T[], one: T): T[] => all.filter((other) => other !== one);
  const chips = [
    ...query.statuses.map((status) => ({
      words: titleOf(status),
      rest: { ...query, statuses: without(query.statuses, status) },
    })),
    ...query.tags.map((tag) => ({ words: tag, rest: { ...query, tags: without(query.tags, tag) } })),
    ...query.estimators.map((name) => ({ words: name, rest: { ...query, estimators: without(query.estimators, name) } })),
    ...query.bounds.map((bound) => ({
      words: `${metricTitle(bound.metric)} ${RELATION_SIGNS[bound.relation]} ${bound.value}`,
      rest: { ...query, bounds: without(query.bounds, bound) },
    })),
  ];
  return (
    <div class="jpp-chosen-ones">
      {chips.map(({ words, rest }) => (
        <span class="jpp-tag jpp-tag-held" key={words}>
          <span class="jpp-tag-words">{words}</span>
          <button type="button" class="jpp-tag-off" aria-label={`Do not look for ${words}`} onClick={() => setQuery(rest)}>
            <Icon name="close" />
          </button>
        </span>
      ))}
      <button type="button" class="jpp-button jpp-quiet" onClick={() => setQuery({ ...EVERYTHING, sort: query.sort })}>
        Clear
      </button>
    </div>
  );
}
