/** The versions of a model side by side: scores, where they came from, and what can be done with each. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { nameOf } from "../../model/format";
import { bestOf, metricsOf, type ModelDetail } from "../../model/model_versions";
import type { FeedView } from "../../transport/feed_view";
import { VersionRow } from "./VersionRow";

interface VersionsProps {
  view: FeedView;
  name: string;
  detail: ModelDetail;
  whyNot: string | null;
}

const SHOWN_AT_FIRST = 20;

export function Versions(props: VersionsProps): JSX.Element {
  const { name, detail } = props;
  const [isWhole, setWhole] = useState(false);
  const [asked, setAsked] = useState<number | null>(null);
  const { versions } = detail;
  const metrics = useMemo(() => metricsOf(versions), [versions]);
  const best = useMemo(() => new Map(metrics.map((metric) => [metric, bestOf(versions, metric)])), [versions]);
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
                <span class="jpp-spoken">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((version) => (
              <VersionRow
                key={version.version}
                {...props}
                version={version}
                metrics={metrics}
                best={best}
                isAsked={asked === version.version}
                ask={(isAsked) => setAsked(isAsked ? version.version : null)}
              />
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
