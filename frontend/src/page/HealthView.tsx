/** The machine's health: its colour with the reasons, its last hour, and what else is known of it. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { readThresholds } from "../model/health_history";
import { reasonOf } from "../model/health_rows";
import type { Health, Threshold } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { HealthFacts, HealthMark } from "../view/HealthBox";
import { HealthHour } from "../view/health/HealthHour";
import { Section } from "../view/Section";
import { isFresh, whyNotNow } from "../view/Status";
import { PlaceFrame } from "./PlaceFrame";
import { useHealthHistory } from "./use_health_history";
import type { Go } from "./use_place";

const STRETCHES = [5, 15, 60] as const;

interface HealthViewProps {
  view: FeedView;
  /** `minutes=` of what is drawn, and `run=` whose stages are. */
  query: string;
  go: Go;
}

export function HealthView({ view, query, go }: HealthViewProps): JSX.Element {
  const known = useHealthHistory(view);
  const { health, server, runs } = view.state;
  const thresholds = useMemo(() => readThresholds(server["thresholds"]), [server]);
  const asked = new URLSearchParams(query);
  const minutes = STRETCHES.find((stretch) => String(stretch) === asked.get("minutes")) ?? 60;
  const choose = (name: "minutes" | "run", value: string): void => {
    if (value) asked.set(name, value);
    else asked.delete(name);
    go({ at: "health", query: asked.toString() });
  };
  return (
    <PlaceFrame view={view} isFilled={health !== null}>
      <div class="jpp-live">
        <Section title="Machine health">
          {health ? (
            <>
              <HealthVerdict health={health} thresholds={thresholds} />
              <HealthHour
                {...known}
                health={health}
                thresholds={thresholds}
                runs={[...runs.values()]}
                runId={asked.get("run")}
                stretches={STRETCHES}
                minutes={minutes}
                isFresh={isFresh(view.feeding.connection)}
                choose={choose}
              />
              <HealthFacts health={health} isBrief />
            </>
          ) : (
            <NotMeasured view={view} />
          )}
        </Section>
      </div>
    </PlaceFrame>
  );
}

/** The colour and what it is owed to; each figure's own words stand beside its line. */
function HealthVerdict({ health, thresholds }: { health: Health; thresholds: readonly Threshold[] }): JSX.Element {
  const judged = thresholds.filter((threshold) => reasonOf(threshold, health)?.isJudged);
  const foreign = health.reasons.filter((reason) => !judged.some((each) => reasonOf(each, health)?.words === reason));
  const words = [judged.map(({ title }) => title).join(", "), ...foreign].filter(Boolean).join(" · ");
  return (
    <p class="jpp-health-line">
      <HealthMark health={health} />
      <span>{words ? `because of ${words}` : "Nothing is over its threshold."}</span>
    </p>
  );
}

function NotMeasured({ view }: { view: FeedView }): JSX.Element {
  const whyNot = whyNotNow(view.feeding);
  const words = whyNot === null ? "The first figures are being measured." : `Nothing is known of the machine: ${lowered(whyNot)}`;
  return <p class="jpp-empty">{words}</p>;
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
