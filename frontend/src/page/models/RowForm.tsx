/** A form with a field for each column that the model takes. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { ModelInput } from "../../model/model_versions";
import { rowOfForm, valueText } from "../../model/prediction_rows";
import { ActionButton } from "../../view/ActionButton";

interface RowFormProps {
  inputs: readonly ModelInput[];
  whyNot: string | null;
  isPending: boolean;
  predict: (rows: unknown[]) => void;
}

export function RowForm({ inputs, whyNot, isPending, predict }: RowFormProps): JSX.Element {
  const [typed, setTyped] = useState<readonly string[]>([]);
  const [isTried, setTried] = useState(false);
  const { row, problems } = rowOfForm(typed, inputs);
  const isWrong = problems.some((problem) => problem !== null);
  const change = (index: number, value: string): void => {
    setTyped((known) => inputs.map((_, place) => (place === index ? value : (known[place] ?? ""))));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (!isWrong && whyNot === null) predict([row]);
  };
  return (
    <form class="jpp-row-form" onSubmit={submit} noValidate>
      <div class="jpp-row-fields">
        {inputs.map((input, index) => (
          <Field
            key={index}
            input={input}
            index={index}
            value={typed[index] ?? ""}
            problem={isTried ? (problems[index] ?? null) : null}
            change={(value) => change(index, value)}
          />
        ))}
      </div>
      <p class="jpp-hint">An empty field is a missing value.</p>
      <ActionButton type="submit" tone="primary" whyNot={whyNot}>
        {isPending ? "Predicting…" : "Predict"}
      </ActionButton>
    </form>
  );
}

interface FieldProps {
  input: ModelInput;
  index: number;
  value: string;
  problem: string | null;
  change: (value: string) => void;
}

const PLACEHOLDERS: Partial<Record<ModelInput["kind"], string>> = { number: "number", datetime: "2026-11-22" };

function Field({ input, index, value, problem, change }: FieldProps): JSX.Element {
  const id = useId();
  const name = input.name ?? `Value ${index + 1}`;
  const choices = choicesOf(input);
  const shared = {
    id,
    value,
    "aria-invalid": problem !== null,
    "aria-describedby": problem === null ? undefined : `${id}-problem`,
  };
  return (
    <div class="jpp-row-field">
      <label for={id} title={name}>
        {name}
      </label>
      {choices ? (
        <select class="jpp-dropdown" {...shared} onChange={(event) => change(event.currentTarget.value)}>
          <option value="">–</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          class="jpp-input"
          {...shared}
          type="text"
          inputMode={input.kind === "number" ? "decimal" : "text"}
          placeholder={PLACEHOLDERS[input.kind] ?? ""}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      {problem !== null && (
        <span id={`${id}-problem`} class="jpp-problem">
          {problem}
        </span>
      )}
    </div>
  );
}

function choicesOf({ kind, categories }: ModelInput): string[] | null {
  if (kind === "boolean") return ["true", "false"];
  return kind === "category" && categories ? categories.map(valueText) : null;
}
