/** A chart as a table: some of its steps, and every line's value there. */

import { valueAt } from "./thinning";
import type { Point } from "./wire";

export interface TableRow {
  step: number;
  /** One a line; undefined before its first point, null where it was no number. */
  values: (number | null | undefined)[];
}

/** At most so many rows, the last of all among them, at steps of the line that has the fewest of several. */
export function tableOf(lines: readonly (readonly Point[])[], most: number): TableRow[] {
  const known = lines.filter((points) => points.length > 1);
  const sparse = [...(known.length ? known : lines)].sort((a, b) => a.length - b.length)[0] ?? [];
  const every = Math.max(1, Math.ceil(sparse.length / most));
  const steps = sparse.filter((_, index) => (sparse.length - 1 - index) % every === 0).map((point) => point[0]);
  const last = Math.max(...lines.flatMap((points) => points.slice(-1).map((point) => point[0])));
  if (steps.length && last > steps.at(-1)!) steps[steps.length - 1] = last;
  return steps.map((step) => ({ step, values: lines.map((points) => valueAt(points, step)) }));
}
