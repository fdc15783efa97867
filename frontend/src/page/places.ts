/**
 * The places of the page, as they stand in its address: a link leads anybody to the same.
 *
 *   #run=ID  #history  #history?…  #compare=ID,ID  #health  #health?…  #activity  #activity?…  #models  #models?…
 */

export type Place =
  /** Null: whichever run is most worth seeing. */
  | { at: "now"; runId: string | null }
  /** `query`: what is looked for, as the view itself writes it. */
  | { at: "history"; query: string }
  | { at: "compare"; runIds: readonly string[] }
  | { at: "health"; query: string }
  | { at: "activity"; query: string }
  | { at: "models"; query: string };

export const NOW: Place = { at: "now", runId: null };

/** What an address means; whatever it does not say is the first place. */
export function placeOf(hash: string): Place {
  const said = hash.replace(/^#/, "");
  const [name = "", ...rest] = said.split(/[=?]/);
  const value = said.slice(name.length + 1);
  switch (name) {
    case "run":
      return { at: "now", runId: decoded(value) || null };
    case "compare":
      return { at: "compare", runIds: value.split(",").map(decoded).filter(Boolean) };
    case "history":
    case "activity":
    case "health":
    case "models":
      return { at: name, query: rest.length ? value : "" };
    default:
      return NOW;
  }
}

export function hashOf(place: Place): string {
  switch (place.at) {
    case "now":
      return place.runId === null ? "#" : `#run=${encodeURIComponent(place.runId)}`;
    case "compare":
      return `#compare=${place.runIds.map(encodeURIComponent).join(",")}`;
    default:
      return place.query ? `#${place.at}?${place.query}` : `#${place.at}`;
  }
}

/** An address that somebody cut short is no reason to fail. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
