/** Rows as text: CSV as spreadsheets copy it, or JSON. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { ModelInput } from "../../model/model_versions";
import { rowsOf } from "../../model/prediction_rows";
import { ActionButton } from "../../view/ActionButton";

interface PastedRowsProps {
  inputs: readonly ModelInput[] | null;
  inputCount: number | null;
  whyNot: string | null;
  isPending: boolean;
  predict: (rows: unknown[]) => void;
}

export function PastedRows({ inputs, inputCount, whyNot, isPending, predict }: PastedRowsProps): JSX.Element {
  const id = useId();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    if (whyNot !== null) return;
    const found = rowsOf(text, inputs);
    setProblem(found.problem ?? "");
    if (found.rows) predict(found.rows);
  };
  return (
    <form class="jpp-row-form" onSubmit={submit}>
      <label for={id} class="jpp-hint">
        {takesWords(inputs, inputCount)}
      </label>
      <textarea
        id={id}
        class="jpp-input jpp-paste"
        rows={5}
        spellcheck={false}
        placeholder={exampleOf(inputs, inputCount)}
        value={text}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-problem`}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p id={`${id}-problem`} class="jpp-problem" role="alert">
        {problem}
      </p>
      <ActionButton type="submit" tone="primary" whyNot={whyNot ?? (text.trim() ? null : "Paste at least one row first")}>
        {isPending ? "Predicting…" : "Predict"}
      </ActionButton>
    </form>
  );
}

function takesWords(inputs: readonly ModelInput[] | null, count: number | null): string {
  const forms = "Rows as CSV (commas, semicolons or tabs) or as JSON";
  if (!inputs || count === null) return `${forms}.`;
  const columns = `${count} ${count === 1 ? "column" : "columns"}`;
  if (inputs.some(({ name }) => name === null)) return `${forms}: ${columns} without names, in the order of training.`;
  const names = inputs.slice(0, 8).map(({ name }) => name);
  const more = count > names.length ? ` and ${count - names.length} more` : "";
  return `${forms}, with the names of the columns above or in their order: ${names.join(", ")}${more}.`;
}

function exampleOf(inputs: readonly ModelInput[] | null, count: number | null): string {
  const names = inputs?.map(({ name }) => name) ?? [];
  if (!names.length || names.includes(null)) return (count ?? 3) > 4 ? "0, 1.5, 2, …" : "0, 1.5, 2";
  const few = names.slice(0, 4);
  const more = (count ?? 0) > few.length ? ", …" : "";
  return `${few.join(", ")}${more}\n${few.map(() => "…").join(", ")}${more}`;
}
