/** The registered models: their versions, which is in service, and putting another in service. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { clock, nameOf, UNKNOWN } from "../model/format";
import { readVersions } from "../model/reading";
import { fields } from "../model/reading_fields";
import type { ModelSummary, ModelVersion } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { ActionButton } from "../view/ActionButton";
import { whyNotNow } from "../view/Status";

function scoreOf({ result }: ModelVersion): string {
  for (const name of ["accuracy", "r2"]) {
    const value = result?.test?.[name];
    if (typeof value === "number") return `${nameOf(name)} ${value.toFixed(4)}`;
  }
  return UNKNOWN;
}

interface VersionsProps {
  view: FeedView;
  model: ModelSummary;
  whyNot: string | null;
}

function useVersions({ view, model }: Omit<VersionsProps, "whyNot">): { versions: ModelVersion[]; problem: string } {
  const [versions, setVersions] = useState<ModelVersion[]>([]);
  const [problem, setProblem] = useState("");
  const { rest } = view;
  useEffect(() => {
    if (!rest) return;
    const closed = new AbortController();
    rest.get(`models/${encodeURIComponent(model.name)}`, closed.signal).then(
      (answer) => {
        const read = readVersions(fields(answer)["versions"]);
        setVersions(read.sort((a, b) => b.version - a.version));
        setProblem("");
      },
      (error: unknown) => {
        if (!closed.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => closed.abort();
  }, [model.name, model.latest, rest]);
  return { versions, problem };
}

function Versions({ view, model, whyNot }: VersionsProps): JSX.Element {
  const { versions, problem } = useVersions({ view, model });
  const [refusal, setRefusal] = useState("");
  const [pending, setPending] = useState<number | null>(null);
  const today = Date.now();
  const deploy = async (version: number): Promise<void> => {
    setPending(version);
    setRefusal("");
    try {
      await view.asking.control({ action: "deploy", model: model.name, version, runId: null });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(null);
    }
  };
  return (
    <div class="jpp-scroll" tabIndex={0} role="region" aria-label={`Versions of ${model.name}`}>
      <table class="jpp-table">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Made</th>
            <th scope="col">Test score</th>
            <th scope="col">
              <span class="jpp-spoken">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.version}>
              <th scope="row">{version.version}</th>
              <td>{clock(version.time ?? "", today)}</td>
              <td>{scoreOf(version)}</td>
              <td class="jpp-num">
                {model.deployed === version.version ? (
                  <span class="jpp-in-service">In service</span>
                ) : (
                  <ActionButton
                    whyNot={pending === null ? whyNot : "A version is being put in service"}
                    onClick={() => void deploy(version.version)}
                  >
                    {deployWords(model, version.version, pending)}
                  </ActionButton>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {(problem || refusal) && (
        <p class="jpp-problem" role="alert">
          {problem || refusal}
        </p>
      )}
    </div>
  );
}

function deployWords(model: ModelSummary, version: number, pending: number | null): string {
  if (pending === version) return "Deploying…";
  return model.deployed !== null && version < model.deployed ? "Roll back" : "Deploy";
}

export function Models({ view }: { view: FeedView }): JSX.Element {
  const { models } = view.state;
  if (!models.length) {
    return <p class="jpp-empty">No model is registered. Deploy a completed run to make the first.</p>;
  }
  return (
    <>
      {models.map((model) => (
        <details key={model.name} class="jpp-model" open={models.length === 1}>
          <summary>
            <b>{model.name}</b>{" "}
            <span class="jpp-note">
              {model.deployed === null ? "not in service" : `version ${model.deployed} in service`}
              {model.latest === null ? "" : ` · newest ${model.latest}`}
            </span>
          </summary>
          <Versions view={view} model={model} whyNot={whyNotNow(view.feeding)} />
        </details>
      ))}
    </>
  );
}
