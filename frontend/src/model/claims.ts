/** Which notices have been told, as all the views of one browser keep it among themselves. */

const KEPT = 200;

/** Read what another tab, or anybody, has written. */
export function readClaims(stored: string | null): string[] {
  try {
    const read: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(read) ? read.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}

/** The list with a notice on it; null where it is there: somebody else tells it. */
export function claimed(claims: readonly string[], key: string): string[] | null {
  return claims.includes(key) ? null : [...claims, key].slice(-KEPT);
}
