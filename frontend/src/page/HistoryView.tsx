/** All runs, newest first. */

import type { JSX } from "preact";
import { hasEnded } from "../model/transitions";
import type { FeedView } from "../transport/feed_view";
import { headline, UNKNOWN } from "../model/format";
import { Section } from "../view/Section";
import { StatusMark } from "../view/Status";
import { PlaceFrame } from "./PlaceFrame";
import { hashOf } from "./places";
import { allRuns, useOlderRuns } from "./RunList";

export function HistoryView({ view }: { view: FeedView }): JSX.Element {
  const older = useOlderRuns(view);
  const runs = allRuns(view, older).filter((run) => hasEnded(run.status));
  return (
    <PlaceFrame view={view} isFilled={runs.length > 0}>
      <Section title="History">
        {runs.length === 0 && <p class="jpp-empty">No run has ended yet.</p>}
        <table class="jpp-table">
          <tbody>
            {runs.map((run) => (
              <tr key={run.run_id}>
                <th scope="row">
                  <a href={hashOf({ at: "now", runId: run.run_id })}>{run.name || run.run_id}</a>
                </th>
                <td>
                  <StatusMark status={run.status} />
                </td>
                <td>{headline(run) ?? UNKNOWN}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {older.hasMore && (
          <button type="button" class="jpp-button jpp-quiet" onClick={() => void older.load()}>
            Load more
          </button>
        )}
        {older.problem && <p class="jpp-problem">{older.problem}</p>}
      </Section>
    </PlaceFrame>
  );
}
