/** The place that is shown, wherever it is kept, and going to another. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { ADDRESS, type Go, type PlaceStore } from "./place_store";
import type { Place } from "./places";

export type { Go } from "./place_store";

export const Places = createContext<PlaceStore>(ADDRESS);

export function usePlace(): [Place, Go] {
  const store = useContext(Places);
  const [place, setPlace] = useState(() => store.place);
  useEffect(() => {
    const follow = (): void => setPlace(store.place);
    follow();
    return store.listen(follow);
  }, [store]);
  return [place, (to, how) => store.go(to, how)];
}
