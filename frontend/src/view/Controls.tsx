/** What a person can do with a run: stop, cancel, resume, deploy. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RunState } from "../model/wire";
import type { Control } from "../transport/controls";
import type { FeedView } from "../transport/feed_view";
import { ActionButton } from "./ActionButton";
import { useFocusBack } from "./focus_back";
import { Deployment } from "./Deployment";
import { whyNotNow } from "./Status";

interface ControlsProps {
  run: RunState;
  view: FeedView;
}

const SLOW_MS = 1000;

export interface Asked {
  ask: (control: Control) => void;
  pending: Control["action"] | null;
  isSlow: boolean;
  problem: string;
}

/** Asks, and says so when the answer takes long: a busy kernel hears a click only at its end. */
function useControl({ asking }: FeedView): Asked {
  const [pending, setPending] = useState<Control["action"] | null>(null);
  const [isSlow, setSlow] = useState(false);
  const [problem, setProblem] = useState("");
  const ask = (wanted: Control): void => {
    setPending(wanted.action);
    setProblem("");
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    asking
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

interface CancelButtonProps {
  ask: () => void;
  isPending: boolean;
  whyNot: string | null;
}

function CancelButton({ ask, isPending, whyNot }: CancelButtonProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const { inside, opener } = useFocusBack(isAsking);
  if (!isAsking) {
    return (
      <ActionButton
        element={opener}
        tone="quiet"
        whyNot={isPending ? "This run is being cancelled" : whyNot}
        title="Drop this run and keep nothing"
        onClick={() => setAsking(true)}
      >
        {isPending ? "Cancelling…" : "Cancel…"}
      </ActionButton>
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
      <ActionButton
        tone="danger"
        whyNot={whyNot}
        onClick={() => {
          setAsking(false);
          ask();
        }}
      >
        Cancel the run
      </ActionButton>
      <button type="button" class="jpp-button" ref={inside} onClick={() => setAsking(false)}>
        Keep it
      </button>
    </span>
  );
}

export function Controls({ run, view }: ControlsProps): JSX.Element {
  const asked = useControl(view);
  const isGoing = run.status === "running" || run.status === "queued" || run.status === "stopping";
  const hasHosting = run.kind !== "own" && run.kind !== "function";
  const whyNot = whyNotNow(view.feeding);
  const [isChoosing, setChoosing] = useState(false);
  const ask = (action: "stop" | "cancel" | "resume"): void => asked.ask({ action, runId: run.run_id });
  return (
    <div class="jpp-controls">
      {isGoing && run.status !== "queued" && (
        <StopButton
          run={run}
          asked={asked}
          whyNot={whyNot}
          ask={() => ask("stop")}
          cancel={() => ask("cancel")}
          isChoosing={isChoosing}
          setChoosing={setChoosing}
        />
      )}
      {isGoing && !(isChoosing && isOneCall(run)) && (
        <CancelButton
          ask={() => ask("cancel")}
          isPending={asked.pending === "cancel"}
          whyNot={whyNot}
        />
      )}
      {run.resumable && (
        <ResumeButton
          run={run}
          ask={() => ask("resume")}
          isPending={asked.pending === "resume"}
          whyNot={whyNot}
        />
      )}
      {run.status === "completed" && hasHosting && (
        <Deployment run={run} view={view} asked={asked} whyNot={whyNot} />
      )}
      {asked.isSlow && (
        <SlowAnswer run={run} action={asked.pending} isKernel={view.feeding.via === "comm"} />
      )}
      {asked.problem && (
        <p class="jpp-problem" role="alert">
          {asked.problem}
        </p>
      )}
    </div>
  );
}

interface ResumeButtonProps {
  run: RunState;
  ask: () => void;
  isPending: boolean;
  whyNot: string | null;
}

const CALLED_AGAIN = "Call the function again, with the same arguments and what it has left in its checkpoint_dir";
// Which of both it is depends on the estimator and its parameters.
const GOES_ON =
  "Go on from the last checkpoint, or start again where the estimator has none; with the same rows and random states";

function ResumeButton({ run, ask, isPending, whyNot }: ResumeButtonProps): JSX.Element {
  return (
    <ActionButton
      whyNot={isPending ? "This run is being resumed" : whyNot}
      title={run.kind === "function" ? CALLED_AGAIN : GOES_ON}
      onClick={ask}
    >
      {isPending ? "Resuming…" : "Resume"}
    </ActionButton>
  );
}

interface StopButtonProps {
  run: RunState;
  asked: Asked;
  whyNot: string | null;
  ask: () => void;
  cancel: () => void;
  isChoosing: boolean;
  setChoosing: (is: boolean) => void;
}

function StopButton({ run, asked, whyNot, ask, ...choice }: StopButtonProps): JSX.Element {
  const isStopping = run.status === "stopping" || asked.pending === "stop";
  if (isOneCall(run) && !isStopping) return <WaitOrCancel whyNot={whyNot} {...choice} />;
  const early = hasSomethingToKeep(run) ? null : "There is nothing to keep yet";
  return (
    <ActionButton
      whyNot={isStopping ? "This run is being stopped" : (whyNot ?? early)}
      title="Finish early and keep the best so far"
      onClick={ask}
    >
      {isStopping ? "Stopping…" : "Stop"}
    </ActionButton>
  );
}

/** Whether the run is in a fit that its library ends alone. An observed one's stages have names of their own. */
function isOneCall(run: RunState): boolean {
  if (run.can_stop !== false) return false;
  // Between two observed fits it is the code around them that hears of a stop.
  if (run.kind === "own") return run.stages.some((stage) => stage.status === "running");
  return run.current_stage === "train";
}

type WaitOrCancelProps = Pick<StopButtonProps, "whyNot" | "cancel" | "isChoosing" | "setChoosing">;

/** A fit that is one call of its library: there is nothing between its beginning and its end. */
function WaitOrCancel({ whyNot, cancel, isChoosing, setChoosing }: WaitOrCancelProps): JSX.Element {
  const { inside, opener } = useFocusBack(isChoosing);
  if (!isChoosing) {
    return (
      <ActionButton
        element={opener}
        whyNot={whyNot}
        title="This fit cannot be stopped halfway: wait for its end, or cancel it"
        onClick={() => setChoosing(true)}
      >
        Stop…
      </ActionButton>
    );
  }
  return (
    <span
      class="jpp-confirm"
      role="group"
      aria-label="Wait for this fit, or cancel it?"
      onKeyDown={(event) => event.key === "Escape" && setChoosing(false)}
    >
      <span>This fit cannot be stopped halfway.</span>
      <button type="button" class="jpp-button" ref={inside} onClick={() => setChoosing(false)}>
        Wait for its end
      </button>
      <ActionButton
        tone="danger"
        whyNot={whyNot}
        onClick={() => {
          setChoosing(false);
          cancel();
        }}
      >
        Drop it, keep nothing
      </ActionButton>
    </span>
  );
}

/** The server refuses a stop before the training has made anything. */
function hasSomethingToKeep(run: RunState): boolean {
  const stage = run.current_stage;
  if (run.kind !== "pipeline") return true;
  // Of a search folds alone are nothing: it takes a candidate that has all of them.
  const isWhole = run.search === null || run.search.best !== null;
  return stage === "evaluate" || stage === "save_model" || (stage === "train" && !!run.step && isWhole);
}

interface SlowAnswerProps {
  run: RunState;
  action: Control["action"] | null;
  isKernel: boolean;
}

function SlowAnswer({ run, action, isKernel }: SlowAnswerProps): JSX.Element | null {
  if (action !== "stop" && action !== "cancel" && action !== "resume") return null;
  return (
    <p class="jpp-hint" role="status">
      {isKernel ? "No answer yet: a busy kernel answers when its cell ends." : "No answer yet."} In a
      terminal this works at once: <code>{`jupyter progress ${action} ${run.run_id}`}</code>
    </p>
  );
}
