/**
 * Code that comes when a place is first wanted, so that the page itself is there sooner. What has come stays:
 * a place that was seen once opens at once, also while the server is away.
 */

import { useEffect, useState } from "preact/hooks";

type Load<Code> = () => Promise<Code>;

const known = new Map<Load<unknown>, unknown>();

export interface LateCode<Code> {
  code: Code | null;
  /** Why it has not come; empty: it has, or is on its way. */
  problem: string;
  again: () => void;
}

export function useLateCode<Code>(load: Load<Code>): LateCode<Code> {
  const [tries, setTries] = useState(0);
  const [problem, setProblem] = useState("");
  const code = (known.get(load) as Code | undefined) ?? null;
  useEffect(() => {
    if (known.has(load)) return;
    let isWanted = true;
    fetchCode(load).then(
      () => isWanted && setTries((count) => count + 1),
      (error: unknown) => isWanted && setProblem(error instanceof Error ? error.message : String(error)),
    );
    return () => (isWanted = false);
  }, [load, tries]);
  const again = (): void => {
    setProblem("");
    setTries((count) => count + 1);
  };
  return { code, problem, again };
}

/** Have code come before it is wanted; where it does not, it is asked for again then. */
export async function fetchCode<Code>(load: Load<Code>): Promise<void> {
  known.set(load, await load());
}
