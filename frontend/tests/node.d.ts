/** The little of Node that the tests use, so that the product's own code is checked without it. */

declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
  export function readdirSync(path: string): string[];
}

declare module "node:path" {
  export function join(...parts: string[]): string;
}

interface ImportMeta {
  dirname: string;
}
