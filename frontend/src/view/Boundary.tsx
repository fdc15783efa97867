/** What keeps a part that fails from taking the rest with it: its place says what failed. */

import { Component, type ComponentChildren, type JSX } from "preact";

const LONGEST = 300;

interface BoundaryProps {
  /** What cannot be shown, as a sentence begins. */
  what: string;
  children: ComponentChildren;
}

interface BoundaryState {
  /** The words of what was thrown; null: nothing was. */
  problem: string | null;
}

function wordsOf(thrown: unknown): string {
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { problem: null };

  override componentDidCatch(thrown: unknown): void {
    console.error(`jupyter-progress: ${this.props.what} cannot be shown`, thrown);
    this.setState({ problem: wordsOf(thrown) });
  }

  override render(): ComponentChildren {
    const { problem } = this.state;
    if (problem === null) return this.props.children;
    return <Broken what={this.props.what} problem={problem} again={() => this.setState({ problem: null })} />;
  }
}

interface BrokenProps {
  what: string;
  problem: string;
  again: () => void;
}

function Broken({ what, problem, again }: BrokenProps): JSX.Element {
  return (
    <p class="jpp-broken" role="alert">
      <span>
        <b>{what} cannot be shown.</b> {problem}
      </span>
      <button type="button" class="jpp-button" onClick={again}>
        Try again
      </button>
    </p>
  );
}
