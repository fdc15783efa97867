/** Whether what is drawn is heard of now, for the parts that say so in words of their own. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** False: it is what was heard last, and may have changed since. */
export const Freshness = createContext(true);

export function useFreshness(): boolean {
  return useContext(Freshness);
}
