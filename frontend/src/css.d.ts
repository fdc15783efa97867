declare module "*.css" {
  const text: string;
  export default text;
}

/** The page's sheets, as `page.css` lists them, without the theme of its own document; the build puts them together. */
declare module "page-styles" {
  const css: string;
  export default css;
}
