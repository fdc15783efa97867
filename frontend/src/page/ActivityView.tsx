/** What happened in all runs and on this server: filtered, by day, with what is new and what is older. */

import type { JSX } from "preact";
import { filterOf, isFiltering, queryOf } from "../model/activity_filter";
import { runsNewestFirst } from "../model/view_state";
import type { FeedView } from "../transport/feed_view";
import { NOTE_ON_ALL, NoteForm } from "../view/Activity";
import { Section } from "../view/Section";
import { whyNotNow } from "../view/Status";
import { FilterBar } from "./activity/FilterBar";
import { Lines } from "./activity/Lines";
import { Older } from "./activity/Older";
import { useActivityLines, type LinesView } from "./activity/use_activity_lines";
import { useAnnouncement, useNewLines } from "./activity/use_new_lines";
import { PlaceFrame } from "./PlaceFrame";
import type { Go } from "./use_place";

interface ActivityViewProps {
  view: FeedView;
  /** The filter, as the address has it. */
  query: string;
  go: Go;
}

export function ActivityView({ view, query, go }: ActivityViewProps): JSX.Element {
  const filter = filterOf(query);
  const lines = useActivityLines(view, filter);
  const key = queryOf(filter);
  const { shown, waiting, top, show } = useNewLines(lines.lines, key);
  const news = useAnnouncement(lines.lines, lines.next !== undefined, key);
  const whyNot = whyNotNow(view.feeding);
  return (
    <PlaceFrame view={view} isFilled={lines.lines.length > 0}>
      <Section title="Activity">
        <div class="jpp-activity-head">
          <FilterBar
            filter={filter}
            runs={runsNewestFirst(view.state)}
            choose={(wanted, how) => go({ at: "activity", query: queryOf(wanted) }, how)}
          />
          <NoteForm
            label={NOTE_ON_ALL}
            say={(text) => view.asking.control({ action: "note", text, runId: null })}
            whyNot={whyNot}
          />
        </div>
        <p class="jpp-spoken" role="status">
          {news}
        </p>
        <div ref={top} class="jpp-list-top" />
        {waiting > 0 && (
          <div class="jpp-pill-place">
            <button type="button" class="jpp-button jpp-pill" onClick={show}>
              {waiting} new
            </button>
          </div>
        )}
        <div class="jpp-live">
          <Lines lines={shown} runs={view.state.runs} />
        </div>
        {shown.length === 0 && <Nothing lines={lines} isFiltered={isFiltering(filter)} whyNot={whyNot} />}
        <Older lines={lines} whyNot={view.rest ? null : (whyNot ?? "The server is not asked yet.")} />
      </Section>
    </PlaceFrame>
  );
}

/** Why the list is empty, where that is known. */
function Nothing({ lines, isFiltered, whyNot }: { lines: LinesView; isFiltered: boolean; whyNot: string | null }): JSX.Element | null {
  if (lines.next === null) {
    const words = isFiltered
      ? "No line fits this choice."
      : "Nothing has happened yet. What runs, models and this machine do is told here, line by line.";
    return <p class="jpp-empty jpp-activity-nothing">{words}</p>;
  }
  if (whyNot === null && !lines.isLoading && lines.next !== undefined) {
    return <p class="jpp-empty jpp-activity-nothing">None among the lines that were looked through so far.</p>;
  }
  return null;
}
