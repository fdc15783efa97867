/** A part of the details under its title; one that fails leaves the others in place. */

import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext } from "preact/hooks";
import { Boundary } from "./Boundary";

/** Below which heading its title stands: a run's name, or that of the page. */
export const Level = createContext<"h2" | "h3">("h3");

/** A heading within a section. */
export function Subheading(props: JSX.IntrinsicElements["h3"]): JSX.Element {
  const Heading = useContext(Level) === "h2" ? "h3" : "h4";
  return <Heading {...props} />;
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
