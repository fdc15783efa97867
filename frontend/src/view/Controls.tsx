/** What a person can do with a run: stop, cancel, deploy. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { modelNameFor } from "../model/naming";
import type { ModelSummary, RunState } from "../model/wire";
import type { Control } from "../transport/controls";

interface ControlsProps {
  run: RunState;
  models: readonly ModelSummary[];
  control: (control: Control) => Promise<void>;
}

const SLOW_MS = 1000;

interface Asked {
  ask: (control: Control) => void;
  pending: Control["action"] | null;
  isSlow: boolean;
  problem: string;
}

/** Asks, and says so when the answer takes long: a busy kernel hears a click only at its end. */
function useControl(control: ControlsProps["control"]): Asked {
  const [pending, setPending] = useState<Control["action"] | null>(null);
  const [isSlow, setSlow] = useState(false);
  const [problem, setProblem] = useState("");
  const ask = (wanted: Control): void => {
    setPending(wanted.action);
    setProblem("");
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    control(wanted)
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

function Deployment({ run, models, asked }: Omit<ControlsProps, "control"> & { asked: Asked }): JSX.Element {
  const registered = run.result?.model ?? null;
  const name = registered?.name ?? modelNameFor(run.name);
  const inService = models.find((model) => model.name === name)?.deployed ?? null;
  if (registered && inService === registered.version) {
    return (
      <span class="jpp-in-service">
        {name} version {registered.version} is in service
      </span>
    );
  }
  const deploy: Control = {
    action: "deploy",
    runId: run.run_id,
    model: name,
    version: registered?.version ?? null,
  };
  return (
    <button
      type="button"
      class="jpp-button jpp-primary"
      disabled={asked.pending !== null}
      title={`Put this run's model in service as “${name}”`}
      onClick={() => asked.ask(deploy)}
    >
      {asked.pending === "deploy" ? "Deploying…" : "Deploy"}
    </button>
  );
}

export function Controls({ run, models, control }: ControlsProps): JSX.Element | null {
  const asked = useControl(control);
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
          disabled={isStopping}
          title="Finish early and keep the best so far"
          onClick={() => ask("stop")}
        >
          {isStopping ? "Stopping…" : "Stop"}
        </button>
      )}
      {isGoing && <CancelButton ask={() => ask("cancel")} />}
      {run.status === "completed" && hasHosting && (
        <Deployment run={run} models={models} asked={asked} />
      )}
      {asked.isSlow && <SlowAnswer run={run} action={asked.pending} />}
      {asked.problem && (
        <p class="jpp-problem" role="alert">
          {asked.problem}
        </p>
      )}
    </div>
  );
}

function SlowAnswer({ run, action }: { run: RunState; action: string | null }): JSX.Element {
  const command = action === "cancel" ? "cancel" : "stop";
  return (
    <p class="jpp-hint" role="status">
      No answer yet; a busy kernel answers when its cell ends.
      {action === "stop" || action === "cancel" ? (
        <>
          {" "}
          In a terminal this works at once: <code>{`jupyter progress ${command} ${run.run_id}`}</code>
        </>
      ) : null}
    </p>
  );
}
