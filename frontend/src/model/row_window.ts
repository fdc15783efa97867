/** Which of many rows of one height are to be drawn: those in sight, and some around them. */

export interface RowWindow {
  /** From the first up to, and without, the last. */
  from: number;
  to: number;
}

export interface Scrolled {
  /** How far the rows are scrolled, and how much of them is seen, in pixels. */
  top: number;
  height: number;
  rowHeight: number;
  count: number;
}

/** Rows around those in sight: what is reached by the next key or turn of a wheel is there already. */
const AROUND = 12;

export function rowWindow({ top, height, rowHeight, count }: Scrolled): RowWindow {
  const first = Math.floor(Math.max(0, top) / rowHeight);
  const last = Math.ceil((Math.max(0, top) + height) / rowHeight);
  return { from: clamp(first - AROUND, 0, count), to: clamp(last + AROUND, 0, count) };
}

/** How far to scroll so that a row is in sight, below what covers the top; the same where it is already. */
export function scrolledTo(row: number, { top, height, rowHeight }: Scrolled): number {
  const above = row * rowHeight;
  if (above < top) return above;
  const below = above + rowHeight - height;
  return below > top ? below : top;
}

/** The row that a key leads to; null: it is no key of a list. */
export function rowAfterKey(key: string, row: number, { height, rowHeight, count }: Scrolled): number | null {
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  };
  const step = Object.hasOwn(steps, key) ? steps[key]! : null;
  return step === null || count === 0 ? null : clamp(row + step, 0, count - 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
