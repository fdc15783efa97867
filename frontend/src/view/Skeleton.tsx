/**
 * What is shown before anything has been heard: outlines in the places of what is to come.
 *
 * They are built of the same boxes as the things themselves, so that nothing moves when those arrive.
 */

import type { ComponentChildren, JSX } from "preact";

const STAGES = 8;

type Length = "short" | "middle" | "long";

/** A word or a line to be, as high as the words around it make it. */
export function Bone({ length = "middle" }: { length?: Length }): JSX.Element {
  return <span class={`jpp-bone jpp-bone-${length}`} />;
}

const times = (count: number, draw: (index: number) => JSX.Element): JSX.Element[] =>
  Array.from({ length: count }, (_, index) => draw(index));

interface SkeletonProps {
  /** What is awaited, for the ears: the outlines are nothing to be read. */
  of: string;
  children: ComponentChildren;
}

export function Skeleton({ of, children }: SkeletonProps): JSX.Element {
  return (
    <div class="jpp-skeleton">
      <p class="jpp-spoken" role="status">
        Loading {of}…
      </p>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

/** Bar, figures and stages of a run. */
function Glance(): JSX.Element {
  return (
    <>
      <div class="jpp-bar" />
      <dl class="jpp-figures jpp-glance">
        {times(4, (index) => (
          <div class="jpp-figure" key={index}>
            <dt>
              <Bone />
            </dt>
            <dd>
              <Bone length="short" />
            </dd>
          </div>
        ))}
      </dl>
      <div class="jpp-stages">
        <ol class="jpp-strip">
          {times(STAGES, (index) => (
            <li class="jpp-stage" key={index}>
              <span class="jpp-mark">
                <span class="jpp-bone-mark" />
              </span>
              <span class="jpp-stage-title">
                <Bone />
              </span>
            </li>
          ))}
        </ol>
        <p class="jpp-whereabouts">
          <Bone length="long" />
        </p>
      </div>
    </>
  );
}

/** The body of a panel, down to its buttons. */
export function PanelSkeleton(): JSX.Element {
  return (
    <Skeleton of="the run">
      <Glance />
      <div class="jpp-news jpp-told-news">
        {times(3, (index) => (
          <p class="jpp-bone-line" key={index}>
            <Bone length={index === 1 ? "middle" : "long"} />
          </p>
        ))}
      </div>
      <div class="jpp-footer">
        <div class="jpp-controls" />
      </div>
    </Skeleton>
  );
}

/** A run as the page shows it: its heading, and all that stands below. */
export function RunSkeleton(): JSX.Element {
  return (
    <article class="jpp-panel jpp-detail" aria-label="The run to come">
      <Skeleton of="the runs">
        <div class="jpp-header">
          <Bone length="short" />
          <span class="jpp-name">
            <Bone length="long" />
          </span>
        </div>
        <div class="jpp-heading-notes" />
        <Glance />
        <RowsSkeleton count={5} />
      </Skeleton>
    </article>
  );
}

/** Rows of a list or of a table. */
export function RowsSkeleton({ count }: { count: number }): JSX.Element {
  return (
    <ul class="jpp-bone-rows">
      {times(count, (index) => (
        <li class="jpp-bone-row" key={index}>
          <Bone length={index % 3 === 1 ? "middle" : "long"} />
          <Bone length="short" />
        </li>
      ))}
    </ul>
  );
}

/** The rows of the list at the left, each with its name and its note. */
export function RunListSkeleton(): JSX.Element {
  return (
    <ul class="jpp-runs" aria-hidden="true">
      {times(3, (index) => (
        <li key={index} class="jpp-run-row">
          <span class="jpp-mark">
            <span class="jpp-bone-mark" />
          </span>
          <span class="jpp-run-name">
            <Bone length="long" />
          </span>
          <span class="jpp-run-note jpp-run-second">
            <Bone length="middle" />
          </span>
        </li>
      ))}
    </ul>
  );
}
