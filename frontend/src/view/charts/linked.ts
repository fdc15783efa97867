/** What charts of one section have in common: the step that is pointed at, and the steps shown. */

import { signal, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Range } from "../../model/scales";

export interface Linked {
  /** Null: nothing is pointed at, and the newest values are told. */
  step: Signal<number | null>;
  /** Null: all steps. */
  zoom: Signal<Range | null>;
}

export function useLinked(): Linked {
  return useMemo(() => ({ step: signal(null), zoom: signal(null) }), []);
}
