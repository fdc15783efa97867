/** What a metric must be: chosen from those that there are, with a relation and a number. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isLessBetter } from "../../model/run_facts";
import { RELATION_SIGNS, RELATIONS, sortOf, type Relation, type RunQuery } from "../../model/run_query";
import { ActionButton } from "../../view/ActionButton";
import type { Facet } from "./use_facets";

interface BoundFormProps {
  metrics: readonly Facet[];
  query: RunQuery;
  setQuery: (query: RunQuery) => void;
}

export function BoundForm({ metrics, query, setQuery }: BoundFormProps): JSX.Element {
  const [chosen, setMetric] = useState("");
  const [relation, setRelation] = useState<Relation>(">=");
  const [typed, setTyped] = useState("");
  const metric = chosen || metrics[0]?.name || "";
  if (!metrics.length) return <p class="jpp-empty">No run has measured anything yet.</p>;
  const value = typed.trim() === "" ? NaN : Number(typed);
  const missing = Number.isFinite(value) ? null : "Write a number first";
  const add = (event: Event): void => {
    event.preventDefault();
    if (missing !== null) return;
    setQuery({ ...query, bounds: [...query.bounds, { metric, relation, value }] });
    setTyped("");
  };
  return (
    <form class="jpp-bound-form" onSubmit={add}>
      <select class="jpp-input" aria-label="Which metric" value={metric} onChange={(event) => setMetric(event.currentTarget.value)}>
        {metrics.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <div class="jpp-bound-line">
        <select class="jpp-input" aria-label="Relation" value={relation} onChange={(event) => setRelation(event.currentTarget.value as Relation)}>
          {RELATIONS.map((known) => (
            <option key={known} value={known}>
              {RELATION_SIGNS[known]}
            </option>
          ))}
        </select>
        <input
          class="jpp-input"
          inputMode="decimal"
          aria-label="Number"
          placeholder="0.9"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <ActionButton type="submit" whyNot={missing}>
          Look for it
        </ActionButton>
      </div>
      <button
        type="button"
        class="jpp-button jpp-quiet"
        onClick={() => setQuery({ ...query, sort: sortOf({ key: metric, isDescending: !isLessBetter(metric) }) })}
      >
        Order by it, the best first
      </button>
    </form>
  );
}
