/** Lines of the feed under their days, each with a link to its run. */

import type { JSX } from "preact";
import { wordsWithinRun } from "../../model/activity_words";
import { clock } from "../../model/format";
import { byDay } from "../../model/activity_lines";
import type { Activity, RunState } from "../../model/wire";
import { LEVELS } from "../../view/Activity";
import { Icon } from "../../view/icons";
import { SubHeading } from "../../view/Section";
import { hashOf } from "../places";

interface LinesProps {
  lines: readonly Activity[];
  runs: ReadonlyMap<string, RunState>;
}

export function Lines({ lines, runs }: LinesProps): JSX.Element {
  return (
    <>
      {byDay(lines, Date.now()).map((day) => (
        <section key={day.key} class="jpp-activity-day" aria-label={day.title}>
          <SubHeading class="jpp-activity-day-title">{day.title}</SubHeading>
          <ul class="jpp-activity">
            {day.lines.map((told) => (
              <li key={told.id} class={`jpp-told jpp-told-${told.level}`}>
                <Icon name={LEVELS[told.level].icon} label={LEVELS[told.level].words} />
                <About told={told} name={nameOf(told, runs)} />
                <span class="jpp-told-text">
                  {wordsWithinRun(told, nameOf(told, runs))}
                  {told.who && <span class="jpp-note"> · {told.who}</span>}
                </span>
                <time dateTime={told.time}>{clock(told.time, Date.parse(told.time))}</time>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function nameOf({ run_id }: Activity, runs: ReadonlyMap<string, RunState>): string {
  return (run_id !== null && runs.get(run_id)?.name) || "";
}

const OF_NO_RUN: Record<string, string> = { health_changed: "Machine", note: "Note" };

/** What a line is about, as a way there; an older run, whose name is not known here, by its id. */
function About({ told, name }: { told: Activity; name: string }): JSX.Element {
  if (told.run_id === null) {
    const words = Object.hasOwn(OF_NO_RUN, told.kind) ? OF_NO_RUN[told.kind] : "Server";
    return <span class="jpp-told-about">{words}</span>;
  }
  const words = name || told.run_id;
  return (
    <a class="jpp-told-about" href={hashOf({ at: "now", runId: told.run_id })} title={words}>
      {words}
    </a>
  );
}
