/**
 * Where the page's place is kept, and going to another.
 *
 * The page of its own keeps it in its address. Inside another application, whose address is not this
 * page's to write, it is kept in memory, and a link that is opened in a tab of its own leads to the page.
 */

import { hashOf, NOW, placeOf, type Place } from "./places";

/** `instead`: in place of where one is, for what is typed letter by letter; the way back does not lead through it. */
export type Go = (place: Place, how?: "instead") => void;

export interface PlaceStore {
  readonly place: Place;
  go: Go;
  /** Where a link to a place leads, for whoever opens it elsewhere. */
  hrefOf(place: Place): string;
  /** The browser itself goes where a link leads. */
  readonly followsLinks: boolean;
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
  hrefOf: hashOf,
  followsLinks: true,
  listen: (listener) => {
    window.addEventListener("hashchange", listener);
    return () => window.removeEventListener("hashchange", listener);
  },
};

/** A place in memory; `page` is the address of the page, where its links lead. */
export class RememberedPlace implements PlaceStore {
  readonly followsLinks = false;
  #listeners = new Set<() => void>();

  constructor(
    private readonly page: string,
    public place: Place = NOW,
  ) {}

  go(place: Place): void {
    this.place = place;
    for (const listener of [...this.#listeners]) listener();
  }

  hrefOf(place: Place): string {
    return `${this.page}${hashOf(place)}`;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
