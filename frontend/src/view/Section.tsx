/** A part of the details under its title; one that fails leaves the others in place. */

import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext } from "preact/hooks";
import { Boundary } from "./Boundary";

/** Below which heading its title stands: a run's name, or that of the page. */
export const Level = createContext<"h2" | "h3">("h3");

interface SubHeadingProps {
  class?: string;
  title?: string;
  children: ComponentChildren;
}

/** The heading of what stands within a section. */
export function SubHeading({ children, ...attributes }: SubHeadingProps): JSX.Element {
  const Heading = useContext(Level) === "h2" ? "h3" : "h4";
  return <Heading {...attributes}>{children}</Heading>;
}

interface SectionProps {
  title: string;
  children: ComponentChildren;
}

export function Section({ title, children }: SectionProps): JSX.Element {
  const Heading = useContext(Level);
  return (
    <section class="jpp-section">
      <Heading>{title}</Heading>
      <Boundary what={title}>{children}</Boundary>
    </section>
  );
}
