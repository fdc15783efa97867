/** A part of the details under its title; one that fails leaves the others in place. */

import type { ComponentChildren, JSX } from "preact";
import { Boundary } from "./Boundary";

interface SectionProps {
  title: string;
  children: ComponentChildren;
}

export function Section({ title, children }: SectionProps): JSX.Element {
  return (
    <section class="jpp-section">
      <h3>{title}</h3>
      <Boundary what={title}>{children}</Boundary>
    </section>
  );
}
