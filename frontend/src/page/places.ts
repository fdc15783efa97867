/**
 * The places of the page, as they stand in its address: a link leads anybody to the same.
 *
 *   #run=ID  #run=ID&with=ID,ID  #history  #history?…  #compare=ID,ID  #health  #health?…  #activity  #activity?…  #models  #models?…
 */

export type Place =
  /** Null: whichever run is most worth seeing. `behind`: the runs that are drawn behind it, where there are any. */
  | { at: "now"; runId: string | null; behind?: readonly string[] }
  /** `query`: what is looked for, as the view itself writes it. */
  | { at: "history"; query: string }
  | { at: "compare"; runIds: readonly string[] }
  | { at: "health"; query: string }
  | { at: "activity"; query: string }
  | { at: "models"; query: string };

const WITH = "&with=";

export const NOW: Place = { at: "now", runId: null };

/** What an address means; whatever it does not say is the first place. */
export function placeOf(hash: string): Place {
  const said = hash.replace(/^#/, "");
  const [name = "", ...rest] = said.split(/[=?]/);
  const value = said.slice(name.length + 1);
  switch (name) {
    case "run":
      return runPlace(...value.split(WITH));
    case "compare":
      return { at: "compare", runIds: idsIn(value) };
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
      return place.runId === null ? "#" : `#run=${encodeURIComponent(place.runId)}${withWords(place.behind ?? [])}`;
    case "compare":
      return `#compare=${listOf(place.runIds)}`;
    default:
      return place.query ? `#${place.at}?${place.query}` : `#${place.at}`;
  }
}

/** The place of a run, with those that are drawn behind it. */
export function runWith(runId: string | null, behind: readonly string[]): Place {
  return behind.length ? { at: "now", runId, behind } : { at: "now", runId };
}

function runPlace(run = "", behind = ""): Place {
  const runId = decoded(run) || null;
  return runWith(runId, runId === null ? [] : idsIn(behind));
}

function withWords(behind: readonly string[]): string {
  return behind.length ? `${WITH}${listOf(behind)}` : "";
}

function listOf(ids: readonly string[]): string {
  return ids.map(encodeURIComponent).join(",");
}

function idsIn(list: string): string[] {
  return list.split(",").map(decoded).filter(Boolean);
}

/** An address that somebody cut short is no reason to fail. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
