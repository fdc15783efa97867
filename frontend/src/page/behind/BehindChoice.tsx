/** Which runs are drawn behind the one that is shown: each with its colour, and a box to choose from. */

import type { JSX } from "preact";
import type { RunState } from "../../model/wire";
import type { FeedView } from "../../transport/feed_view";
import { THIS_RUN } from "../../view/charts/behind";
import { calledAmong } from "../../view/charts/MetricCharts";
import { Swatch } from "../../view/charts/Legend";
import { styleOf } from "../../view/charts/palette";
import { Icon } from "../../view/icons";
import { isFresh } from "../../view/Status";
import { Menu } from "../history/Menu";
import { useLateCode } from "../late_code";
import { PlaceLink } from "../PlaceLink";

export interface BehindChoiceProps {
  view: FeedView;
  /** The one in front. */
  run: RunState;
  /** Those that are asked for, in their order. */
  ids: readonly string[];
  /** Of these, those that are known. */
  runs: readonly RunState[];
  /** Why some cannot be had. */
  problems: ReadonlyMap<string, string>;
  choose: (runId: string, isDrawn: boolean) => void;
}

export function BehindChoice(props: BehindChoiceProps): JSX.Element {
  const { run, ids, runs, problems, choose } = props;
  const without = (runId: string): void => choose(runId, false);
  return (
    <div class="jpp-behind" role="group" aria-label="Runs in these charts">
      <Menu label="Draw other runs" chosen={ids.length}>
        <Picker {...props} />
      </Menu>
      {runs.length > 0 && (
        <span class="jpp-behind-run">
          <Swatch style={styleOf(0, 0)} />
          {THIS_RUN}
        </span>
      )}
      {runs.map((other, index) => (
        <Chip key={other.run_id} name={calledAmong(other, runs)} place={index + 1} drop={() => without(other.run_id)} />
      ))}
      {runs.length > 0 && <PlaceLink to={{ at: "compare", runIds: [run.run_id, ...ids] }}>Side by side</PlaceLink>}
      {ids
        .filter((runId) => !runs.some((known) => known.run_id === runId))
        .map((runId) => (
          <Absent key={runId} runId={runId} problem={problems.get(runId)} isAsking={isFresh(props.view.feeding.connection)} drop={() => without(runId)} />
        ))}
    </div>
  );
}

function Chip({ name, place, drop }: { name: string; place: number; drop: () => void }): JSX.Element {
  return (
    <span class="jpp-tag jpp-tag-held jpp-behind-run" title={name}>
      <Swatch style={styleOf(place, 0)} />
      <span class="jpp-tag-words">{name}</span>
      <Off name={name} drop={drop} />
    </span>
  );
}

function Off({ name, drop }: { name: string; drop: () => void }): JSX.Element {
  return (
    <button type="button" class="jpp-tag-off" aria-label={`Do not draw ${name}`} onClick={drop}>
      <Icon name="close" />
    </button>
  );
}

interface AbsentProps {
  runId: string;
  problem: string | undefined;
  isAsking: boolean;
  drop: () => void;
}

/** One that is not drawn, and why. */
function Absent({ runId, problem, isAsking, drop }: AbsentProps): JSX.Element {
  const words = problem ?? (isAsking ? "is being loaded" : "comes once the server answers");
  return (
    <p class={problem === undefined ? "jpp-hint jpp-behind-absent" : "jpp-problem jpp-behind-absent"} role="status">
      {runId} {problem === undefined ? words : `is not drawn: ${words}`}
      <Off name={runId} drop={drop} />
    </p>
  );
}

/** Its code comes when it is first opened: most people look at one run. */
const loadPicker = async (): Promise<typeof import("./RunPicker").RunPicker> => (await import("./RunPicker")).RunPicker;

function Picker({ view, run, ids, choose }: BehindChoiceProps): JSX.Element {
  const { code: RunPicker, problem, again } = useLateCode(loadPicker);
  if (RunPicker !== null) return <RunPicker view={view} run={run} ids={ids} choose={choose} />;
  if (!problem) return <p class="jpp-empty">Loading…</p>;
  return (
    <p class="jpp-problem" role="alert">
      The runs could not be loaded: {problem}{" "}
      <button type="button" class="jpp-button" onClick={again}>
        Try again
      </button>
    </p>
  );
}
