/** The place that the address names, and going to another. */

import { useEffect, useState } from "preact/hooks";
import { hashOf, placeOf, type Place } from "./places";

/** `instead`: in place of where one is, for what is typed letter by letter; the way back does not lead through it. */
export type Go = (place: Place, how?: "instead") => void;

export function usePlace(): [Place, Go] {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location.hash));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const go: Go = (to, how) => {
    if (how === "instead") location.replace(hashOf(to));
    else location.hash = hashOf(to);
  };
  return [place, go];
}
