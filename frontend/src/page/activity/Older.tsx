/** The end of the list: it loads what is older as it comes into sight, and has a button for those who do not scroll. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LinesView } from "./use_activity_lines";

interface OlderProps {
  lines: LinesView;
  /** Why nothing can be loaded now; null: it can. */
  whyNot: string | null;
}

export function Older({ lines, whyNot }: OlderProps): JSX.Element {
  const end = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!end.current) return;
    const watching = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: "300px",
    });
    watching.observe(end.current);
    return () => watching.disconnect();
  }, []);
  const { isLoading, problem, next, isBroken } = lines;
  const canGoOn = whyNot === null && !isLoading && problem === "" && typeof next === "string" && !isBroken;
  // Again where a page left the end in sight: it had few lines, or none.
  useEffect(() => {
    if (isSeen && canGoOn) lines.more();
  }, [isSeen, canGoOn, next]);
  return (
    <div class="jpp-activity-older" ref={end}>
      <What {...lines} whyNot={whyNot} />
    </div>
  );
}

function What({ isLoading, problem, next, more, whyNot, lines }: LinesView & { whyNot: string | null }): JSX.Element {
  if (problem) {
    return (
      <p class="jpp-problem" role="alert">
        {lines.length ? "Older lines could not be loaded. " : ""}
        {problem}{" "}
        <button type="button" class="jpp-button" onClick={more}>
          Try again
        </button>
      </p>
    );
  }
  if (isLoading) return <p class="jpp-empty">{soFar(next)}</p>;
  if (next === null) return <p class="jpp-empty">{lines.length ? "That is all there is." : ""}</p>;
  if (whyNot !== null) return <p class="jpp-empty">What is older cannot be loaded now. {whyNot}</p>;
  return (
    <button type="button" class="jpp-button jpp-quiet" onClick={more}>
      Load more
    </button>
  );
}

function soFar(next: string | null | undefined): string {
  return next === undefined ? "Loading…" : "Loading what is older…";
}
