/** The ways between the places of the page. They are links: they open in a tab of their own too. */

import type { JSX } from "preact";
import { PlaceLink } from "./PlaceLink";
import { NOW, type Place } from "./places";

const WAYS: readonly { words: string; place: Place; at: readonly Place["at"][] }[] = [
  { words: "Now", place: NOW, at: ["now"] },
  { words: "History", place: { at: "history", query: "" }, at: ["history", "compare"] },
  { words: "Models", place: { at: "models", query: "" }, at: ["models"] },
  { words: "Health", place: { at: "health", query: "" }, at: ["health"] },
  { words: "Activity", place: { at: "activity", query: "" }, at: ["activity"] },
];

export function Navigation({ at }: { at: Place["at"] }): JSX.Element {
  return (
    <nav class="jpp-ways" aria-label="Places">
      {WAYS.map(({ words, place, at: own }) => (
        <PlaceLink key={words} class="jpp-way" to={place} isHere={own.includes(at)}>
          {words}
        </PlaceLink>
      ))}
    </nav>
  );
}
