/** Putting a version in service; where another one is, it is asked once, and said what is replaced. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isRollback, replacementWords, type ModelDetail } from "../../model/model_versions";
import type { FeedView } from "../../transport/feed_view";
import { ActionButton } from "../../view/ActionButton";

interface DeployVersionProps {
  view: FeedView;
  name: string;
  detail: ModelDetail;
  version: number;
  whyNot: string | null;
  isAsked: boolean;
  ask: (isAsked: boolean) => void;
}

export function DeployVersion(props: DeployVersionProps): JSX.Element {
  const { view, name, detail, version, whyNot, isAsked, ask } = props;
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState("");
  const opener = useRef<HTMLSpanElement>(null);
  const word = isRollback(detail, version) ? "Roll back" : "Deploy";
  const deploy = async (): Promise<void> => {
    ask(false);
    setPending(true);
    setRefusal("");
    try {
      await view.asking.control({ action: "deploy", model: name, version, runId: null });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(false);
    }
  };
  const leave = (): void => {
    ask(false);
    // Back to where the question was asked from, once it stands there again.
    setTimeout(() => opener.current?.querySelector("button")?.focus());
  };
  if (detail.deployed === version) return <span class="jpp-in-service">In service</span>;
  return (
    <span ref={opener} class="jpp-deploy">
      {isAsked ? (
        <Question words={replacementWords(detail, version, Date.now())} word={word} whyNot={whyNot} yes={() => void deploy()} no={leave} />
      ) : (
        <ActionButton
          whyNot={isPending ? "This version is being put in service" : whyNot}
          title={`${word === "Deploy" ? "Put" : "Go back to"} version ${version}${word === "Deploy" ? " in service" : ""}`}
          onClick={() => (detail.deployed === null ? void deploy() : ask(true))}
        >
          {isPending ? "Deploying…" : word}
        </ActionButton>
      )}
      {refusal && (
        <span class="jpp-problem" role="alert">
          {refusal}
        </span>
      )}
    </span>
  );
}

interface QuestionProps {
  words: string;
  word: string;
  whyNot: string | null;
  yes: () => void;
  no: () => void;
}

function Question({ words, word, whyNot, yes, no }: QuestionProps): JSX.Element {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  return (
    <span
      ref={box}
      class="jpp-confirm jpp-deploy-question"
      role="group"
      aria-label={words}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        no();
      }}
    >
      <span>{words}</span>
      <ActionButton tone="primary" whyNot={whyNot} onClick={yes}>
        {word}
      </ActionButton>
      <ActionButton whyNot={null} onClick={no}>
        Leave it
      </ActionButton>
    </span>
  );
}
