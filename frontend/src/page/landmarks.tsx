/** Landmarks that are the page's own: a document has one of each, and in Lab they are Lab's. */

import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext } from "preact/hooks";

/** Whether the page is all that its document shows. */
export const IsWholeDocument = createContext(true);

interface LandmarkProps {
  class: string;
  children: ComponentChildren;
}

export function Main(props: LandmarkProps): JSX.Element {
  const Tag = useContext(IsWholeDocument) ? "main" : "div";
  return <Tag {...props} />;
}

export function Banner(props: LandmarkProps): JSX.Element {
  const Tag = useContext(IsWholeDocument) ? "header" : "div";
  return <Tag {...props} />;
}
