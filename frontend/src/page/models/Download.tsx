/** A version's file. A link, so that its address can be copied; followed here, a refusal is said in words. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { FeedView } from "../../transport/feed_view";
import type { Rest } from "../../transport/rest";

async function save(rest: Rest, path: string, name: string, signal: AbortSignal): Promise<void> {
  const file = await rest.file(path, signal);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.content);
  link.download = file.name || name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function Download({ view, name, version }: { view: FeedView; name: string; version: number }): JSX.Element | null {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState("");
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  const { rest } = view;
  if (!rest) return null;
  const path = `models/${encodeURIComponent(name)}/${version}/artifact`;
  const download = async (): Promise<void> => {
    setPending(true);
    setProblem("");
    try {
      await save(rest, path, `${name}-${version}`, left.current.signal);
    } catch (error) {
      if (!left.current.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <a
        class="jpp-download"
        href={rest.urlOf(path)}
        download
        aria-label={`Download version ${version}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          if (!isPending) void download();
        }}
      >
        {isPending ? "Loading…" : "Download"}
      </a>
      {problem && (
        <span class="jpp-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
