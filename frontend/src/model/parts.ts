/** Which parts of a panel somebody asked for, and how large: written by anybody, so read with care. */

export const PARTS = [
  "progress",
  "stages",
  "chart",
  "candidates",
  "results",
  "resources",
  "health",
  "activity",
  "output",
  "controls",
] as const;
export type PartName = (typeof PARTS)[number];

export type PanelSize = "panel" | "line";

/** The parts in the order that was asked for, each once; null: what the view thinks best. */
export function readParts(value: unknown): PartName[] | null {
  if (!Array.isArray(value)) return null;
  const known = value.slice(0, 100).filter((name): name is PartName => PARTS.includes(name as PartName));
  return [...new Set(known)];
}

export function readSize(value: unknown): PanelSize {
  return value === "line" ? "line" : "panel";
}
