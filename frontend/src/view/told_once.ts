/** Of the views on one page, which says something to a screen reader that they all have to say. */

const KEPT = 200;

interface Told {
  view: WeakRef<object>;
  at: number;
}

// A page can hold several copies of this code: they meet here.
const KEY = Symbol.for("jupyter-progress/told-once");

function known(): Map<string, Told> {
  const page = globalThis as { [KEY]?: Map<string, Told> };
  return (page[KEY] ??= new Map());
}

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
