/** The status item: a mark of the machine's health, and of the run at work its name, bar, percent and time left. */

import { render, type JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { now } from "../view/clock";
import { secondsSince, shownProgress } from "../view/shown";
import { installSheet } from "../view/sheets";
import css from "./status_item.css";
import { statusWords, type StatusWords } from "./status_words";
import type { Watch } from "./watch";

const DRAWN_EVERY_MS = 1000;

function Mark({ health }: Pick<StatusWords, "health">): JSX.Element {
  return (
    <svg class={`jpp-item-mark jpp-item-${health ?? "unknown"}`} viewBox="0 0 12 12" aria-hidden="true">
      {health === "yellow" || health === "red" ? <path d="M6 1 11.500 11H.5z" /> : <circle cx="6" cy="6" r="4" />}
    </svg>
  );
}

/** The style goes in by the DOM, for a strict policy allows no style in markup. */
function Bar({ progress }: { progress: number }): JSX.Element {
  const fill = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (fill.current) fill.current.style.transform = `scaleX(${progress / 100})`;
  }, [progress]);
  return (
    <span class="jpp-item-bar" aria-hidden="true">
      <span ref={fill} />
    </span>
  );
}

function StatusItem({ words, open }: { words: StatusWords; open: (runId: string | null) => void }): JSX.Element {
  const { run, health, more, title, isStale } = words;
  const named = `Training runs. ${title.replaceAll("\n", ". ")}`;
  return (
    <button
      type="button"
      class={`jpp-item${isStale ? " jpp-item-stale" : ""}`}
      title={title}
      aria-label={named}
      onClick={() => open(run?.runId ?? null)}
    >
      <Mark health={health} />
      {run && (
        <>
          <span class="jpp-item-name">{run.name}</span>
          {run.progress !== null && <Bar progress={run.progress} />}
          {run.percent && <span class="jpp-item-percent">{run.percent}</span>}
          {run.left && <span class={run.isStalled ? "jpp-item-stalled" : "jpp-item-left"}>{run.left}</span>}
        </>
      )}
      {more && <span class="jpp-item-more">{more}</span>}
    </button>
  );
}

/** Draw the item into an element for as long as it stays there; answers what ends it. */
export function mountStatusItem(element: HTMLElement, watch: Watch, open: (runId: string | null) => void): () => void {
  installSheet(element, css);
  const draw = (): void => {
    now.value = performance.now();
    const { view } = watch;
    const sinceOf = (run: { run_id: string }): number =>
      secondsSince(view.state.heardAt.get(run.run_id) ?? null, view.feeding.connection === "live");
    const words = statusWords({ view, sinceOf, progressOf: (run) => shownProgress(run, sinceOf(run)) });
    element.hidden = words.isHidden;
    render(<StatusItem words={words} open={open} />, element);
  };
  const unlisten = watch.listen(draw);
  // A bar goes on between two messages, as in all views, and a silent server becomes an old one.
  const timer = setInterval(draw, DRAWN_EVERY_MS);
  draw();
  return () => {
    unlisten();
    clearInterval(timer);
    render(null, element);
  };
}
