/**
 * Builds the front end into dist/: the page, the widget's view and loader, and the prebuilt extension.
 *
 *   dist/page.js page.css view.js loader.js     served by the server extension
 *   dist/labext/package.json static/*.js        installed as share/jupyter/labextensions/jupyter-progress
 */

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const manifest = JSON.parse(await readFile(join(here, "package.json"), "utf8"));

/** Styles that a script brings along, as text. */
const stylesAsText = {
  name: "styles-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true });
      return { contents: code, loader: "text", watchFiles: [path] };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
};

const modules = {
  ...common,
  entryPoints: { page: "src/page.tsx", view: "src/view.tsx", loader: "src/loader.ts" },
  format: "esm",
  outdir: dist,
  plugins: [stylesAsText],
};

const styles = {
  ...common,
  entryPoints: { page: "src/page.css" },
  outdir: dist,
};

async function hashOf(path) {
  const content = await readFile(path);
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

/** The names carry a hash of the content, for Jupyter lets browsers keep an extension's files. */
async function buildLabExtension() {
  const target = join(dist, "labext");
  await rm(target, { recursive: true, force: true });
  await mkdir(join(target, "static"), { recursive: true });
  const view = `view.${await hashOf(join(dist, "view.js"))}.js`;
  await cp(join(dist, "view.js"), join(target, "static", view));
  const entry = join(target, "static", "remoteEntry.js");
  await esbuild.build({
    ...common,
    entryPoints: ["src/mime.ts"],
    format: "iife",
    outfile: entry,
    external: [`./${view}`],
    define: { VIEW_MODULE: JSON.stringify(`./${view}`) },
  });
  const named = `remoteEntry.${await hashOf(entry)}.js`;
  await cp(entry, join(target, "static", named));
  await rm(entry);
  const described = {
    name: "jupyter-progress",
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    jupyterlab: {
      mimeExtension: true,
      _build: { load: `static/${named}`, mimeExtension: "./mimeExtension" },
    },
  };
  await writeFile(join(target, "package.json"), `${JSON.stringify(described, null, 2)}\n`);
}

async function buildAll() {
  await Promise.all([esbuild.build(modules), esbuild.build(styles)]);
  await buildLabExtension();
}

if (process.argv.includes("--watch")) {
  const again = {
    name: "labextension",
    setup: (build) => build.onEnd((result) => result.errors.length || buildLabExtension()),
  };
  const watched = [
    await esbuild.context({ ...modules, plugins: [stylesAsText, again] }),
    await esbuild.context(styles),
  ];
  await Promise.all(watched.map((context) => context.watch()));
} else {
  await rm(dist, { recursive: true, force: true });
  await buildAll();
}
