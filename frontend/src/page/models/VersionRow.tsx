/** One version of a model, and what can be done with it; where another is replaced, it is asked once. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock, figure, nameOf, UNKNOWN } from "../../model/format";
import { isRollback, replacementWords, scoreOf, type ModelDetail } from "../../model/model_versions";
import type { ModelVersion, RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { ActionButton } from "../../view/ActionButton";
import { PlaceLink } from "../PlaceLink";
import { Download } from "./Download";

export interface VersionRowProps {
  view: FeedView;
  name: string;
  detail: ModelDetail;
  version: ModelVersion;
  metrics: readonly string[];
  best: ReadonlyMap<string, ReadonlySet<number>>;
  whyNot: string | null;
  /** Whether it is being asked about this version, and asking or leaving it. */
  isAsked: boolean;
  ask: (isAsked: boolean) => void;
}

export function VersionRow(props: VersionRowProps): JSX.Element {
  const { view, name, detail, version, metrics, best, isAsked, ask } = props;
  const deploying = useDeploy(view, name, version.version);
  const acts = useRef<HTMLTableCellElement>(null);
  const isServed = detail.deployed === version.version;
  const { runs } = view.state;
  // Those of two hundred versions are not drawn again with every tick of the clock.
  const cells = useMemo(
    () => <VersionCells version={version} metrics={metrics} best={best} runs={runs} />,
    [version, metrics, best, runs],
  );
  const leave = (): void => {
    ask(false);
    acts.current?.querySelector("button")?.focus();
  };
  return (
    <>
      <tr class={isServed ? "jpp-version-served" : ""}>
        {cells}
        <td class="jpp-version-acts" ref={acts}>
          {isServed ? <span class="jpp-in-service">In service</span> : <DeployButton {...props} {...deploying} />}
          <Download view={view} name={name} version={version.version} />
        </td>
      </tr>
      {(isAsked || deploying.refusal) && !isServed && <MoreRow {...props} {...deploying} leave={leave} />}
    </>
  );
}

function wordOf({ detail, version }: VersionRowProps): string {
  return isRollback(detail, version.version) ? "Roll back" : "Deploy";
}

function DeployButton(props: VersionRowProps & Deploying): JSX.Element {
  const { detail, version, whyNot, isAsked, ask, isPending, deploy } = props;
  const press = (): void => {
    if (detail.deployed === null) deploy();
    else ask(!isAsked);
  };
  return (
    <ActionButton whyNot={isPending ? "This version is being put in service" : whyNot} onClick={press}>
      {isPending ? "Deploying…" : wordOf(props)}
      <span class="jpp-spoken"> version {version.version}</span>
    </ActionButton>
  );
}

/** Below a version: what it would replace, and why it could not. */
function MoreRow(props: VersionRowProps & Deploying & { leave: () => void }): JSX.Element {
  const { detail, version, metrics, whyNot, isAsked, deploy, refusal, leave } = props;
  const yes = (): void => {
    leave();
    deploy();
  };
  return (
    <tr class="jpp-version-more">
      <td colSpan={metrics.length + 4}>
        {isAsked && (
          <Question
            words={replacementWords(detail, version.version, Date.now())}
            word={wordOf(props)}
            whyNot={whyNot}
            yes={yes}
            no={leave}
          />
        )}
        {refusal && (
          <p class="jpp-problem" role="alert">
            {refusal}
          </p>
        )}
      </td>
    </tr>
  );
}

interface Deploying {
  isPending: boolean;
  refusal: string;
  deploy: () => void;
}

function useDeploy(view: FeedView, name: string, version: number): Deploying {
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState("");
  const deploy = async (): Promise<void> => {
    setPending(true);
    setRefusal("");
    try {
      await view.asking.control({ action: "deploy", model: name, version, runId: null });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(false);
    }
  };
  return { isPending, refusal, deploy: () => void deploy() };
}

interface QuestionProps {
  words: string;
  word: string;
  whyNot: string | null;
  yes: () => void;
  no: () => void;
}

function Question({ words, word, whyNot, yes, no }: QuestionProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    no();
  };
  return (
    <div ref={box} class="jpp-confirm" role="group" aria-label={words} onKeyDown={onKey}>
      <span>{words}</span>{" "}
      <ActionButton tone="primary" whyNot={whyNot} onClick={yes}>
        {word}
      </ActionButton>{" "}
      <ActionButton whyNot={null} onClick={no}>
        Leave it
      </ActionButton>
    </div>
  );
}

type CellsProps = Pick<VersionRowProps, "version" | "metrics" | "best"> & { runs: ReadonlyMap<string, RunState> };

function VersionCells({ version, metrics, best, runs }: CellsProps): JSX.Element {
  const { run_id: runId, time } = version;
  const run = (runId !== null && runs.get(runId)?.name) || runId;
  return (
    <>
      <th scope="row">{version.version}</th>
      {metrics.map((metric) => {
        const score = scoreOf(version, metric);
        return (
          <td key={metric} class="jpp-num" data-name={nameOf(metric)}>
            {best.get(metric)?.has(version.version) && (
              <span class="jpp-version-best" title="The best of these versions">
                best
              </span>
            )}{" "}
            {score === null ? UNKNOWN : figure(score)}
          </td>
        );
      })}
      <td data-name="Run" class="jpp-version-run">
        {runId === null ? (
          UNKNOWN
        ) : (
          <PlaceLink to={{ at: "now", runId }} title={run ?? ""}>
            {run}
          </PlaceLink>
        )}
      </td>
      <td data-name="Made">{time === null ? UNKNOWN : <time dateTime={time}>{clock(time, Date.now(), "minute")}</time>}</td>
    </>
  );
}
