/** A component that is drawn again for other props only; Preact's own comes with all of its compat layer. */

import { Component, type ComponentChild, type FunctionComponent } from "preact";

type Fields = Record<string, unknown>;

function isSame(one: Fields, other: Fields): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

export function memo<Props extends object>(Drawn: FunctionComponent<Props>): new () => Component<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(props: Props): boolean {
      return !isSame(this.props as Fields, props as Fields);
    }

    override render(props: Props): ComponentChild {
      return <Drawn {...props} />;
    }
  };
}
