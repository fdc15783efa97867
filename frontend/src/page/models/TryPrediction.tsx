/** Trying the version in service on rows of one's own, typed into a form or pasted. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ModelDetail } from "../../model/model_versions";
import { readPredictions, type Prediction } from "../../model/prediction_rows";
import type { FeedView } from "../../transport/feed_view";
import { PastedRows } from "./PastedRows";
import { Predictions } from "./Predictions";
import { RowForm } from "./RowForm";

interface TryPredictionProps {
  view: FeedView;
  name: string;
  detail: ModelDetail;
  whyNot: string | null;
}

/** A form of more fields is a task of its own. */
const MOST_FIELDS = 40;

export function TryPrediction({ view, name, detail, whyNot }: TryPredictionProps): JSX.Element {
  const { inputs, inputCount } = detail;
  const hasForm = inputs !== null && (inputCount ?? 0) <= MOST_FIELDS;
  const [isPasting, setPasting] = useState(!hasForm);
  const { answer, isPending, refusal, predict } = usePrediction(view, name);
  const cannot = isPending ? "The model is predicting" : (whyNot ?? (view.rest ? null : "The server is not asked yet."));
  const shared = { whyNot: cannot, isPending, predict };
  return (
    <div class="jpp-model-try">
      <div class="jpp-model-try-head">
        <h4>Try a prediction</h4>
        {hasForm && (
          <div class="jpp-segments" role="group" aria-label="How rows are given">
            {[false, true].map((isPaste) => (
              <button
                key={String(isPaste)}
                type="button"
                class="jpp-segment"
                aria-pressed={isPasting === isPaste}
                onClick={() => setPasting(isPaste)}
              >
                {isPaste ? "Paste rows" : "Fill in a form"}
              </button>
            ))}
          </div>
        )}
      </div>
      {isPasting || !hasForm ? (
        <PastedRows inputs={inputs} inputCount={inputCount} {...shared} />
      ) : (
        <RowForm inputs={inputs} {...shared} />
      )}
      <div aria-live="polite">
        {refusal && (
          <p class="jpp-problem" role="alert">
            {refusal}
          </p>
        )}
        {answer && <Predictions {...answer} />}
      </div>
    </div>
  );
}

interface Predicting {
  answer: { version: number | null; predictions: Prediction[] } | null;
  isPending: boolean;
  /** Why there is no prediction, in the server's words; empty: there is. */
  refusal: string;
  predict: (rows: unknown[]) => void;
}

function usePrediction({ rest }: FeedView, name: string): Predicting {
  const [answer, setAnswer] = useState<Predicting["answer"]>(null);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState("");
  const ask = async (rows: unknown[]): Promise<void> => {
    if (!rest) return;
    setPending(true);
    setRefusal("");
    try {
      setAnswer(readPredictions(await rest.post(`models/${encodeURIComponent(name)}/predict`, { rows })));
    } catch (error) {
      setAnswer(null);
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(false);
    }
  };
  return { answer, isPending, refusal, predict: (rows) => void ask(rows) };
}
