/** The last lines that a run's worker printed, on demand. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fields, text } from "../model/reading_fields";
import { hasEnded } from "../model/transitions";
import type { RunState } from "../model/wire";
import type { Rest } from "../transport/rest";

const AGAIN_MS = 2000;
const LINES = 200;

/** Asks again, each time after the last answer, while the run goes on. */
function useOutput(run: RunState, rest: Rest): { said: string | null; problem: string } {
  const [said, setSaid] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const isOver = hasEnded(run.status);
  useEffect(() => {
    const closed = new AbortController();
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      try {
        const path = `runs/${encodeURIComponent(run.run_id)}/output?tail=${LINES}`;
        const answer = fields(await rest.get(path, closed.signal));
        setSaid(text(answer["text"]) ?? "");
        setProblem("");
      } catch (error) {
        if (closed.signal.aborted) return;
        setProblem(error instanceof Error ? error.message : String(error));
      }
      if (!isOver && !closed.signal.aborted) timer = window.setTimeout(() => void ask(), AGAIN_MS);
    };
    void ask();
    return () => {
      closed.abort();
      clearTimeout(timer);
    };
  }, [run.run_id, isOver, rest]);
  return { said, problem };
}

function OutputText({ run, rest }: { run: RunState; rest: Rest }): JSX.Element {
  const { said, problem } = useOutput(run, rest);
  if (problem) return <p class="jpp-problem">{problem}</p>;
  if (said === null) return <p class="jpp-empty">Loading…</p>;
  if (!said.trim()) return <p class="jpp-empty">The worker has printed nothing.</p>;
  return (
    <pre class="jpp-pre" tabIndex={0} aria-label="Output of the worker">
      {said}
    </pre>
  );
}

export function Output({ run, rest }: { run: RunState; rest: Rest | null }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  if (!rest) return <p class="jpp-empty">The output is shown while the server can be reached.</p>;
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
      {isOpen && <OutputText run={run} rest={rest} />}
    </>
  );
}
