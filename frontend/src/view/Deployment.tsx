/** Putting a finished run's model in service, and saying when it is. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { modelNameFor } from "../model/naming";
import { readVersions } from "../model/reading";
import { fields } from "../model/reading_fields";
import type { RunState } from "../model/wire";
import { RestError } from "../transport/rest";
import type { PanelFeed } from "../transport/panel_feed";
import type { Asked } from "./Controls";

interface ModelOfRun {
  name: string;
  version: number;
}

/**
 * The model version that a run became: named in its result, told by an event, or, where it was
 * deployed before this view looked on, found among the versions of the model it would be called.
 */
function useModelOfRun(run: RunState, feed: PanelFeed): ModelOfRun | null {
  const told = run.result?.model ?? feed.state.modelOfRun.get(run.run_id) ?? null;
  const [found, setFound] = useState<ModelOfRun | null>(null);
  const name = modelNameFor(run.name);
  const isTaken = feed.state.models.some((model) => model.name === name);
  const { rest } = feed;
  const mustAsk = told === null && isTaken;
  useEffect(() => {
    setFound(null);
    if (!rest || !mustAsk) return;
    const closed = new AbortController();
    rest.get(`models/${encodeURIComponent(name)}`, closed.signal).then(
      (answer) => {
        const versions = readVersions(fields(answer)["versions"]);
        const own = versions.findLast((version) => version.run_id === run.run_id);
        if (own) setFound({ name, version: own.version });
      },
      (error: unknown) => {
        // Without an answer the button offers to deploy, which the server decides.
        if (!(error instanceof RestError)) throw error;
      },
    );
    return () => closed.abort();
  }, [run.run_id, name, mustAsk, rest]);
  return told ?? found;
}

interface DeploymentProps {
  run: RunState;
  feed: PanelFeed;
  asked: Asked;
}

export function Deployment({ run, feed, asked }: DeploymentProps): JSX.Element {
  const registered = useModelOfRun(run, feed);
  const name = registered?.name ?? modelNameFor(run.name);
  const inService = feed.state.models.find((model) => model.name === name)?.deployed ?? null;
  if (registered && inService === registered.version) {
    return (
      <span class="jpp-in-service">
        {name} version {registered.version} is in service
      </span>
    );
  }
  return (
    <button
      type="button"
      class="jpp-button jpp-primary"
      disabled={asked.pending !== null}
      title={`Put this run's model in service as “${name}”`}
      onClick={() =>
        asked.ask({
          action: "deploy",
          runId: run.run_id,
          model: name,
          version: registered?.version ?? null,
        })
      }
    >
      {asked.pending === "deploy" ? "Deploying…" : "Deploy"}
    </button>
  );
}
