/** Putting a finished run's model in service, and saying when it is. */

import type { JSX } from "preact";
import { modelNameFor } from "../model/naming";
import type { RunState } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { ActionButton } from "./ActionButton";
import type { Asked } from "./Controls";

interface DeploymentProps {
  run: RunState;
  view: FeedView;
  asked: Asked;
  whyNot: string | null;
}

export function Deployment({ run, view, asked, whyNot }: DeploymentProps): JSX.Element {
  const registered = run.result?.model ?? null;
  const name = registered?.name ?? modelNameFor(run.name);
  const inService = view.state.models.find((model) => model.name === name)?.deployed ?? null;
  if (registered && inService === registered.version) {
    return (
      <span class="jpp-in-service">
        {name} version {registered.version} is in service
      </span>
    );
  }
  return (
    <ActionButton
      tone="primary"
      whyNot={asked.pending === "deploy" ? "The model is being put in service" : whyNot}
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
    </ActionButton>
  );
}
