/** The last lines that a run's worker printed, on demand: they follow while the run goes on. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../model/format";
import { fields, text } from "../model/reading_fields";
import { linesOf, plainText, type Line } from "../model/terminal";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";

const AGAIN_MS = 2000;
/** How many lines are asked for: at first, and each time that somebody wants more. */
const LINES = [200, 2000, 10_000];
const UNCONNECTED = "The output is shown once something is connected.";
const AT_END = 8; // pixels from the end that still count as the end

interface Said {
  /** Null: not loaded yet. */
  said: string | null;
  problem: string;
}

/** Asks again, each time after the last answer, while the run goes on. */
function useOutput(run: RunState, { asking, feeding }: FeedView, lines: number): Said {
  const [said, setSaid] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const isOver = hasEnded(run.status);
  // A kernel that is busy answers late: once the server is there, its answer is not waited for.
  const source = feeding.via === "comm" || feeding.via === "none" ? feeding.via : "server";
  useEffect(() => {
    if (source === "none") return undefined;
    let isClosed = false;
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = fields(await asking.control({ action: "output", runId: run.run_id, tail: lines }));
        if (isClosed) return;
        setSaid(text(answer["text"]) ?? "");
        setProblem("");
      } catch (error) {
        if (isClosed) return;
        setProblem(error instanceof Error ? error.message : String(error));
      }
      if (!isOver && !isClosed) timer = window.setTimeout(() => void ask(), AGAIN_MS);
    };
    void ask();
    return () => {
      isClosed = true;
      clearTimeout(timer);
    };
  }, [run.run_id, isOver, source, lines]);
  return { said, problem };
}

function OutputText({ run, view }: { run: RunState; view: FeedView }): JSX.Element {
  const [more, setMore] = useState(0);
  const asked = LINES[more]!;
  const { said, problem } = useOutput(run, view, asked);
  const lines = useMemo(() => linesOf(said ?? ""), [said]);
  const [isWrapped, setWrapped] = useState(false);
  if (said === null) {
    if (problem) return <Problem words={problem} />;
    return <p class="jpp-empty">{view.feeding.via === "none" ? UNCONNECTED : "Loading…"}</p>;
  }
  return (
    <>
      {problem && <Problem words={problem} />}
      {said.trim() ? (
        <>
          <div class="jpp-output-bar">
            <span class="jpp-hint">{lines.length >= asked ? `The last ${count(lines.length)} lines` : count(lines.length) + (lines.length === 1 ? " line" : " lines")}</span>
            {lines.length >= asked && more < LINES.length - 1 && (
              <button type="button" class="jpp-switch" onClick={() => setMore(more + 1)}>
                Show earlier
              </button>
            )}
            <button type="button" class="jpp-switch" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
              Wrap lines
            </button>
            <Copy text={said} />
          </div>
          <Following lines={lines} isWrapped={isWrapped} isOver={hasEnded(run.status)} />
        </>
      ) : (
        <p class="jpp-empty">{hasEnded(run.status) ? "The worker printed nothing." : "The worker has printed nothing yet."}</p>
      )}
    </>
  );
}

function Problem({ words }: { words: string }): JSX.Element {
  return <p class="jpp-problem">The output cannot be loaded: {words}</p>;
}

/** The lines, of which the last stay in sight until somebody scrolls up. */
function Following({ lines, isWrapped, isOver }: { lines: readonly Line[]; isWrapped: boolean; isOver: boolean }): JSX.Element {
  const box = useRef<HTMLPreElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  useLayoutEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowing, isWrapped]);
  const scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    setFollowing(scrollTop + clientHeight >= scrollHeight - AT_END);
  };
  return (
    <div class="jpp-output">
      <pre
        ref={box}
        class={isWrapped ? "jpp-pre jpp-wrapped" : "jpp-pre"}
        tabIndex={0}
        role="region"
        aria-label="Output of the worker"
        onScroll={scrolled}
      >
        <Lines lines={lines} />
      </pre>
      {!isFollowing && (
        <button type="button" class="jpp-button jpp-to-end" onClick={() => setFollowing(true)}>
          {isOver ? "To the end" : "Follow"}
        </button>
      )}
    </div>
  );
}

function Lines({ lines }: { lines: readonly Line[] }): JSX.Element {
  return useMemo(
    () => (
      <>
        {lines.map((line, index) => (
          <span key={index} class="jpp-output-line">
            {line.pieces.map(({ text: words, styles }, place) =>
              styles.length ? (
                <span key={place} class={styles.map((style) => `jpp-ansi-${style}`).join(" ")}>
                  {words}
                </span>
              ) : (
                words
              ),
            )}
            {line.leftOut > 0 && <span class="jpp-left-out">… {count(line.leftOut)} more characters</span>}
            {index < lines.length - 1 && "\n"}
          </span>
        ))}
      </>
    ),
    [lines],
  );
}

const SAID_MS = 2000;

function Copy({ text: said }: { text: string }): JSX.Element {
  const [words, setWords] = useState("Copy");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(plainText(said));
      setWords("Copied");
    } catch {
      // A page that did not come by HTTPS, or from this machine, may not write there.
      setWords("Not allowed here");
    }
    setTimeout(() => setWords("Copy"), SAID_MS);
  };
  return (
    <button type="button" class="jpp-switch jpp-copy" aria-live="polite" onClick={() => void copy()}>
      {words}
    </button>
  );
}

interface OutputProps {
  run: RunState;
  view: FeedView;
  isOpenAtFirst?: boolean;
}

export function Output({ run, view, isOpenAtFirst = false }: OutputProps): JSX.Element {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  if (view.feeding.via === "none" && !isOpen) return <p class="jpp-empty">{UNCONNECTED}</p>;
  return (
    <>
      <button
        type="button"
        class="jpp-button jpp-quiet"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? "Hide output" : "Show output"}
      </button>
      {isOpen && <OutputText run={run} view={view} />}
    </>
  );
}
