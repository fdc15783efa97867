/**
 * Who tells a notice: the first of the browser's views that takes it, be it a page, a Lab or a panel of a notebook.
 *
 * They agree under locks (Web Locks) on one list (localStorage). Where a browser has no locks, which is so over plain
 * http from another machine, the list alone decides, and two windows may take a notice in the same moment.
 */

import { claimed, readClaims } from "./model/claims";
import { store, stored } from "./stored";

const CLAIMS = "jupyter-progress/told";
/** Until what was written into storage is known to all tabs. */
const KEY_KEPT_MS = 60_000;

/** Take a notice on; false where another view has it. */
export async function claim(key: string): Promise<boolean> {
  const take = (): boolean => {
    const claims = claimed(readClaims(stored(CLAIMS)), key);
    if (claims) store(CLAIMS, JSON.stringify(claims));
    return claims !== null;
  };
  if (!navigator.locks) return take();
  return (await hasKey(`${CLAIMS} ${key}`)) && navigator.locks.request(CLAIMS, take);
}

/**
 * Whether a notice's own lock is free, which is kept then for a while. The list alone is not enough: what one
 * tab writes into storage, another may read only a moment later, lock or not.
 */
function hasKey(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const keep = (lock: Lock | null): Promise<void> | void => {
      resolve(lock !== null);
      if (lock) return new Promise((release) => setTimeout(release, KEY_KEPT_MS));
    };
    navigator.locks.request(name, { ifAvailable: true }, keep).catch(() => resolve(true));
  });
}
