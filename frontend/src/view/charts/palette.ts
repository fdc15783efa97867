/** How lines are told apart: by colour and by dashes, so that no eye and no printer confuses them. */

/** The custom properties of charts.css that hold the colours. */
export const COLOURS = 8;
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

export interface LineStyle {
  /** From 0 on; after the last colour comes the first again. */
  colour: number;
  dash: readonly number[];
}

/** The style of the n-th line of a plot; beyond the colours each comes again with other dashes. */
export function lineStyle(place: number): LineStyle {
  const colour = place % COLOURS;
  return { colour, dash: DASHES[(colour + Math.floor(place / COLOURS)) % DASHES.length]! };
}

/** Of several runs with several metrics: a run has a colour, a metric its dashes. */
export function styleOf(run: number, metric: number): LineStyle {
  return { colour: run % COLOURS, dash: DASHES[(metric + Math.floor(run / COLOURS)) % DASHES.length]! };
}

export function colourName({ colour }: LineStyle): string {
  return `--jpp-hue-${colour + 1}`;
}

/** A canvas cannot read a custom property, nor `light-dark()`: the browser resolves it on a probe. */
export function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Jupyter changes its theme by attributes of the body; a plain page by the system's preference. */
export function watchTheme(changed: () => void): () => void {
  const attributes = new MutationObserver(changed);
  attributes.observe(document.body, { attributes: true });
  const preference = matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", changed);
  return () => {
    attributes.disconnect();
    preference.removeEventListener("change", changed);
  };
}
