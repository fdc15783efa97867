/** The registered models: their versions, what is in service since when, and a try at a prediction. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { serviceWords } from "../model/model_versions";
import type { ModelSummary } from "../model/wire";
import type { FeedView } from "../transport/feed_view";
import { Boundary } from "../view/Boundary";
import { Section, SubHeading } from "../view/Section";
import { whyNotNow } from "../view/Status";
import { stateWords } from "./Models";
import { TryPrediction } from "./models/TryPrediction";
import { useModel } from "./models/use_model";
import { Versions } from "./models/Versions";
import { PlaceFrame } from "./PlaceFrame";
import type { Go } from "./use_place";

interface ModelsViewProps {
  view: FeedView;
  /** `name=` of the model that is open. */
  query: string;
  go: Go;
}

/** Below so many, looking is quicker than typing. */
const FIND_FROM = 9;

export function ModelsView({ view, query, go }: ModelsViewProps): JSX.Element {
  const { models } = view.state;
  const [sought, setSought] = useState("");
  const wanted = new URLSearchParams(query).get("name");
  const found = models.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()));
  const open = wanted ?? (models.length === 1 ? models[0]!.name : null);
  return (
    <PlaceFrame view={view} isFilled={models.length > 0}>
      <Section title="Models">
        {models.length >= FIND_FROM && (
          <input
            type="search"
            class="jpp-input jpp-find-field"
            aria-label="Find a model by its name"
            placeholder={`Find among ${models.length} models`}
            value={sought}
            onInput={(event) => setSought(event.currentTarget.value)}
          />
        )}
        {models.length === 0 && <NoModels view={view} />}
        {wanted !== null && models.length > 0 && !models.some(({ name }) => name === wanted) && (
          <p class="jpp-empty">This server knows no model “{wanted}”.</p>
        )}
        {models.length > 0 && found.length === 0 && <p class="jpp-empty">No model has “{sought.trim()}” in its name.</p>}
        {found.map((model) => (
          <Boundary key={model.name} what={`The model ${model.name}`}>
            <Model
              view={view}
              model={model}
              isOpen={open === model.name}
              isWanted={wanted === model.name}
              toggle={(isOpen) => go({ at: "models", query: isOpen ? new URLSearchParams({ name: model.name }).toString() : "" }, "instead")}
            />
          </Boundary>
        ))}
      </Section>
    </PlaceFrame>
  );
}

function NoModels({ view }: { view: FeedView }): JSX.Element {
  const whyNot = whyNotNow(view.feeding);
  if (whyNot !== null) return <p class="jpp-empty">No model is known here. {whyNot}</p>;
  return (
    <p class="jpp-empty">
      No model is registered. Deploy a completed run to make the first, or train with{" "}
      <code>jp.train(…, register_as="digits")</code>.
    </p>
  );
}

interface ModelProps {
  view: FeedView;
  model: ModelSummary;
  isOpen: boolean;
  /** The address names it: it comes into sight. */
  isWanted: boolean;
  toggle: (isOpen: boolean) => void;
}

function Model({ view, model, isOpen, isWanted, toggle }: ModelProps): JSX.Element {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isWanted) box.current?.scrollIntoView({ block: "nearest" });
  }, [isWanted]);
  return (
    <article ref={box} class="jpp-model jpp-model-whole" aria-label={model.name}>
      <SubHeading>
        <button type="button" class="jpp-model-head" aria-expanded={isOpen} onClick={() => toggle(!isOpen)}>
          <span class="jpp-model-name" title={model.name}>
            {model.name}
          </span>{" "}
          <span class="jpp-note">{stateWords(model)}</span>
          <span class="jpp-chevron" aria-hidden="true" />
        </button>
      </SubHeading>
      {isOpen && <Opened view={view} model={model} />}
    </article>
  );
}

function Opened({ view, model }: { view: FeedView; model: ModelSummary }): JSX.Element {
  const { detail, problem, again } = useModel(view, model);
  const whyNot = whyNotNow(view.feeding);
  return (
    <div class="jpp-live jpp-model-open">
      {problem && (
        <p class="jpp-problem" role="alert">
          Its versions could not be loaded. {problem}{" "}
          <button type="button" class="jpp-button" onClick={again}>
            Try again
          </button>
        </p>
      )}
      {!detail && !problem && <p class="jpp-empty">{whyNot === null ? "Loading its versions…" : `Its versions are not known here. ${whyNot}`}</p>}
      {detail && (
        <>
          <p class="jpp-model-service">
            {detail.deployed === null ? (
              "No version is in service: deploy one, and it can be asked for predictions."
            ) : (
              <>
                <b>Version {detail.deployed}</b> is {serviceWords(detail, Date.now())}.
              </>
            )}
          </p>
          {whyNot !== null && <p class="jpp-hint jpp-model-hint">Nothing can be put in service or tried now. {whyNot}</p>}
          <Versions view={view} name={model.name} detail={detail} whyNot={whyNot} />
          {detail.deployed !== null && (
            <TryPrediction key={detail.deployed} view={view} name={model.name} detail={detail} whyNot={whyNot} />
          )}
        </>
      )}
    </div>
  );
}
