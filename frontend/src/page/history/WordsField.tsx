/** A field for words that runs are found by; told once a person stops typing. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const PATIENCE_MS = 200;

interface WordsFieldProps {
  words: string;
  setWords: (words: string) => void;
}

export function WordsField({ words, setWords }: WordsFieldProps): JSX.Element {
  const [typed, setTyped] = useState(words);
  const told = useRef(words);
  useEffect(() => {
    // Somebody went back, or cleared it elsewhere.
    if (words !== told.current) setTyped(words);
    told.current = words;
  }, [words]);
  useEffect(() => {
    if (typed.trim() === told.current.trim()) return;
    const wait = setTimeout(() => {
      told.current = typed.trim();
      setWords(typed.trim());
    }, PATIENCE_MS);
    return () => clearTimeout(wait);
  }, [typed]);
  return (
    <input
      type="search"
      class="jpp-input jpp-words"
      aria-label="Words in name, id, tags or estimator"
      placeholder="Find runs"
      maxLength={200}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
