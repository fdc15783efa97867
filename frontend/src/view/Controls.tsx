/** What a person can do with a run: stop, cancel, deploy. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RunState } from "../model/wire";
import type { Control } from "../transport/controls";
import type { PanelFeed } from "../transport/panel_feed";
import { Deployment } from "./Deployment";

interface ControlsProps {
  run: RunState;
  feed: PanelFeed;
}

const SLOW_MS = 1000;

export interface Asked {
  ask: (control: Control) => void;
  pending: Control["action"] | null;
  isSlow: boolean;
  problem: string;
}

/** Asks, and says so when the answer takes long: a busy kernel hears a click only at its end. */
function useControl(feed: PanelFeed): Asked {
  const [pending, setPending] = useState<Control["action"] | null>(null);
  const [isSlow, setSlow] = useState(false);
  const [problem, setProblem] = useState("");
  const ask = (wanted: Control): void => {
    setPending(wanted.action);
    setProblem("");
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    feed
      .control(wanted)
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        clearTimeout(timer);
        setSlow(false);
        setPending(null);
      });
  };
  return { ask, pending, isSlow, problem };
}

function CancelButton({ ask }: { ask: () => void }): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);
  if (!isAsking) {
    return (
      <button type="button" class="jpp-button jpp-quiet" onClick={() => setAsking(true)}>
        Cancel…
      </button>
    );
  }
  return (
    <span
      class="jpp-confirm"
      role="group"
      aria-label="Cancel this run?"
      onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
    >
      <span>Drop this run and keep nothing?</span>
      <button
        type="button"
        class="jpp-button jpp-danger"
        onClick={() => {
          setAsking(false);
          ask();
        }}
      >
        Cancel the run
      </button>
      <button type="button" class="jpp-button" ref={keep} onClick={() => setAsking(false)}>
        Keep it
      </button>
    </span>
  );
}

export function Controls({ run, feed }: ControlsProps): JSX.Element {
  const asked = useControl(feed);
  const isGoing = run.status === "running" || run.status === "queued" || run.status === "stopping";
  const isStopping = run.status === "stopping" || asked.pending === "stop";
  const hasHosting = run.kind !== "own";
  const ask = (action: "stop" | "cancel"): void => asked.ask({ action, runId: run.run_id });
  return (
    <div class="jpp-controls">
      {isGoing && run.status !== "queued" && (
        <button
          type="button"
          class="jpp-button"
          disabled={isStopping || !hasSomethingToKeep(run)}
          title={
            hasSomethingToKeep(run)
              ? "Finish early and keep the best so far"
              : "There is nothing to keep yet"
          }
          onClick={() => ask("stop")}
        >
          {isStopping ? "Stopping…" : "Stop"}
        </button>
      )}
      {isGoing && <CancelButton ask={() => ask("cancel")} />}
      {run.status === "completed" && hasHosting && (
        <Deployment run={run} feed={feed} asked={asked} />
      )}
      {asked.isSlow && (
        <SlowAnswer run={run} action={asked.pending} isKernel={feed.feeding.via === "comm"} />
      )}
      {asked.problem && (
        <p class="jpp-problem" role="alert">
          {asked.problem}
        </p>
      )}
    </div>
  );
}

/** The server refuses a stop before the training has made anything. */
function hasSomethingToKeep(run: RunState): boolean {
  const stage = run.current_stage;
  if (run.kind !== "pipeline") return true;
  return stage === "evaluate" || stage === "save_model" || (stage === "train" && !!run.step);
}

interface SlowAnswerProps {
  run: RunState;
  action: Control["action"] | null;
  isKernel: boolean;
}

function SlowAnswer({ run, action, isKernel }: SlowAnswerProps): JSX.Element | null {
  if (action !== "stop" && action !== "cancel") return null;
  return (
    <p class="jpp-hint" role="status">
      {isKernel ? "No answer yet: a busy kernel answers when its cell ends." : "No answer yet."} In a
      terminal this works at once: <code>{`jupyter progress ${action} ${run.run_id}`}</code>
    </p>
  );
}
