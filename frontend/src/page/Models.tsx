/** The registered models in a few words, each with the way to all of it. */

import type { JSX } from "preact";
import type { ModelSummary } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { hashOf, type Place } from "./places";

/** Which version is in service, and which is the newest where that is another. */
export function stateWords({ deployed, latest }: ModelSummary): string {
  const service = deployed === null ? "not in service" : `version ${deployed} in service`;
  return latest === null || latest === deployed ? service : `${service} · newest ${latest}`;
}

function placeOfModel(name: string): Place {
  return { at: "models", query: new URLSearchParams({ name }).toString() };
}

export function Models({ view }: { view: FeedView }): JSX.Element {
  const { models } = view.state;
  if (!models.length) {
    return <p class="jpp-empty">No model is registered. Deploy a completed run to make the first.</p>;
  }
  return (
    <ul class="jpp-models-short">
      {models.map((model) => (
        <li key={model.name} class="jpp-model">
          <a class="jpp-model-way" href={hashOf(placeOfModel(model.name))} title={model.name}>
            {model.name}
          </a>{" "}
          <span class="jpp-note">{stateWords(model)}</span>
        </li>
      ))}
    </ul>
  );
}
