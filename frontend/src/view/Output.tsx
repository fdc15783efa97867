/** The last lines that a run's worker printed, on demand. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fields, text } from "../model/reading_fields";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";

const AGAIN_MS = 2000;

/** Asks again, each time after the last answer, while the run goes on. */
function useOutput(run: RunState, { asking, feeding }: FeedView): { said: string | null; problem: string } {
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
        const answer = fields(await asking.control({ action: "output", runId: run.run_id }));
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
  }, [run.run_id, isOver, source]);
  return { said, problem };
}

function OutputText({ run, view }: { run: RunState; view: FeedView }): JSX.Element {
  const { said, problem } = useOutput(run, view);
  if (problem) return <p class="jpp-problem">{problem}</p>;
  if (said === null) {
    return <p class="jpp-empty">{view.feeding.via === "none" ? "The output is shown once something is connected." : "Loading…"}</p>;
  }
  if (!said.trim()) return <p class="jpp-empty">The worker has printed nothing.</p>;
  return (
    <pre class="jpp-pre" tabIndex={0} aria-label="Output of the worker">
      {said}
    </pre>
  );
}

interface OutputProps {
  run: RunState;
  view: FeedView;
  isOpenAtFirst?: boolean;
}

export function Output({ run, view, isOpenAtFirst = false }: OutputProps): JSX.Element {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  if (view.feeding.via === "none" && !isOpen) {
    return <p class="jpp-empty">The output is shown once something is connected.</p>;
  }
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
