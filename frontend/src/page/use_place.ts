/** The place that the address names, and going to another. */

import { useEffect, useState } from "preact/hooks";
import { hashOf, placeOf, type Place } from "./places";

export type Go = (place: Place) => void;

export function usePlace(): [Place, Go] {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location.hash));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const go = (to: Place): void => {
    location.hash = hashOf(to);
  };
  return [place, go];
}
