declare module "*.css" {
  const text: string;
  export default text;
}

/** The sheets of the page's places, as `page.css` lists them; the build puts them together. */
declare module "page-styles" {
  const css: string;
  export default css;
}
