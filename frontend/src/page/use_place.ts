/** The place that the address names, and going to another. */

import { useEffect, useState } from "preact/hooks";
import { hashOf, placeOf, type Place } from "./places";

/** `isSame`: it is the place one is at, told anew; going back does not lead through all its words. */
export type Go = (place: Place, isSame?: boolean) => void;

export function usePlace(): [Place, Go] {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location.hash));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const go: Go = (to, isSame = false) => {
    if (isSame) location.replace(hashOf(to));
    else location.hash = hashOf(to);
  };
  return [place, go];
}
