/** The extension's icon: a curve that rises to its end, in the colours that Jupyter gives its icons. */

const PLAIN =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
  '<g class="jp-icon3" fill="#616161"><path d="M3 3h2v16h16v2H3z"/>' +
  '<path d="M7 16.6 6 15c2.6-1.2 3.6-3.2 4.7-5.2C12 7.300 13.500 5 18 5v2c-3.300 0-4.300 1.600-5.500 3.800C11.300 13 10 15.300 7 16.600z"/>' +
  '<circle cx="19.500" cy="6" r="2"/></g></svg>';

export const ICON = { name: "jupyter-progress:runs", svgstr: PLAIN };
