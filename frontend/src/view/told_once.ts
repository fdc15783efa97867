/** Of the views on one page, which says something to a screen reader that they all have to say. */

import { pageWide } from "../page_wide";

const KEPT = 200;

interface Told {
  view: WeakRef<object>;
  at: number;
}

const known = (): Map<string, Told> => pageWide("told-once", () => new Map());

/** Whether a view is the one to tell; the first that asks is, for as long as it is there or that time. */
export function isMineToTell(what: string, view: object, forMs = Infinity): boolean {
  const all = known();
  const told = all.get(what);
  const teller = told?.view.deref();
  const isTaken = told !== undefined && teller !== undefined && teller !== view;
  if (isTaken && performance.now() - told.at < forMs) return false;
  if (teller !== view || performance.now() - told!.at >= forMs) all.set(what, { view: new WeakRef(view), at: performance.now() });
  const [oldest] = all.keys();
  if (all.size > KEPT && oldest !== undefined) all.delete(oldest);
  return true;
}
