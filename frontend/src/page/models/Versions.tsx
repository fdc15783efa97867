/** The versions of a model side by side: scores, where they came from, and what can be done with each. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { clock, figure, nameOf, UNKNOWN } from "../../model/format";
import { bestOf, metricsOf, scoreOf, type ModelDetail } from "../../model/model_versions";
import type { ModelVersion, RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { hashOf } from "../places";
import { DeployVersion } from "./DeployVersion";
import { Download } from "./Download";

interface VersionsProps {
  view: FeedView;
  name: string;
  detail: ModelDetail;
  whyNot: string | null;
}

const SHOWN_AT_FIRST = 20;

export function Versions({ view, name, detail, whyNot }: VersionsProps): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const [asked, setAsked] = useState<number | null>(null);
  const { versions } = detail;
  const metrics = metricsOf(versions);
  const best = new Map(metrics.map((metric) => [metric, bestOf(versions, metric)]));
  // What is in service is never left out.
  const shown = versions.filter(({ version }, index) => isWhole || index < SHOWN_AT_FIRST || version === detail.deployed);
  return (
    <>
      <div class="jpp-scroll" tabIndex={0} role="region" aria-label={`Versions of ${name}`}>
        <table class="jpp-table jpp-versions">
          <thead>
            <tr>
              <th scope="col">Version</th>
              {metrics.map((metric) => (
                <th key={metric} scope="col" class="jpp-num">
                  {nameOf(metric)}
                </th>
              ))}
              <th scope="col">Run</th>
              <th scope="col">Made</th>
              <th scope="col">
                <span class="jpp-hidden">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((version) => (
              <tr key={version.version} class={version.version === detail.deployed ? "jpp-version-served" : ""}>
                <VersionCells version={version} metrics={metrics} best={best} runs={view.state.runs} />
                <td class="jpp-version-acts">
                  <DeployVersion
                    view={view}
                    name={name}
                    detail={detail}
                    version={version.version}
                    whyNot={whyNot}
                    isAsked={asked === version.version}
                    ask={(isAsked) => setAsked(isAsked ? version.version : null)}
                  />
                  <Download view={view} name={name} version={version.version} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < versions.length && (
        <button type="button" class="jpp-button jpp-quiet" onClick={() => setWhole(true)}>
          Show all {versions.length} versions
        </button>
      )}
    </>
  );
}

interface CellsProps {
  version: ModelVersion;
  metrics: readonly string[];
  best: ReadonlyMap<string, ReadonlySet<number>>;
  runs: ReadonlyMap<string, RunState>;
}

function VersionCells({ version, metrics, best, runs }: CellsProps): JSX.Element {
  const { run_id: runId } = version;
  const run = (runId !== null && runs.get(runId)?.name) || runId;
  return (
    <>
      <th scope="row">{version.version}</th>
      {metrics.map((metric) => {
        const score = scoreOf(version, metric);
        const isBest = best.get(metric)?.has(version.version) ?? false;
        return (
          <td key={metric} class="jpp-num" data-name={nameOf(metric)}>
            {score === null ? UNKNOWN : figure(score)}
            {isBest && (
              <span class="jpp-best" title="The best of these versions">
                best
              </span>
            )}
          </td>
        );
      })}
      <td data-name="Run" class="jpp-version-run">
        {runId === null ? (
          UNKNOWN
        ) : (
          <a href={hashOf({ at: "now", runId })} title={run ?? ""}>
            {run}
          </a>
        )}
      </td>
      <td data-name="Made">
        {version.time === null ? UNKNOWN : <time dateTime={version.time}>{clock(version.time, Date.now(), "minute")}</time>}
      </td>
    </>
  );
}
