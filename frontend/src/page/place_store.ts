/**
 * Where the page's place is kept, and going to another.
 *
 * The page of its own keeps it in its address. Inside another application, whose address is not this
 * page's to write, it is kept in memory.
 */

import { hashOf, NOW, placeOf, type Place } from "./places";

/** `instead`: in place of where one is, for what is typed letter by letter; the way back does not lead through it. */
export type Go = (place: Place, how?: "instead") => void;

export interface PlaceStore {
  readonly place: Place;
  go: Go;
  listen(listener: () => void): () => void;
}

export const ADDRESS: PlaceStore = {
  get place() {
    return placeOf(location.hash);
  },
  go: (place, how) => {
    if (how === "instead") location.replace(hashOf(place));
    else location.hash = hashOf(place);
  },
  listen: (listener) => {
    window.addEventListener("hashchange", listener);
    return () => window.removeEventListener("hashchange", listener);
  },
};

export class RememberedPlace implements PlaceStore {
  #listeners = new Set<() => void>();

  constructor(public place: Place = NOW) {}

  go(place: Place): void {
    this.place = place;
    for (const listener of [...this.#listeners]) listener();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
