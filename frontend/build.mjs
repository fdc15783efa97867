/**
 * Builds the front end into dist/: the page, the widget's view and loader, and the prebuilt extension.
 *
 *   dist/page.js page.css view.js loader.js     served by the server extension
 *   dist/labext/package.json static/*.js schemas/
 *                                               installed as share/jupyter/labextensions/jupyter-progress
 */

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const NAME = "jupyter-progress";
const manifest = JSON.parse(await readFile(join(here, "package.json"), "utf8"));

/** Styles that a script brings along, as text. */
const stylesAsText = {
  name: "styles-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/, namespace: "file" }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true });
      return { contents: code, loader: "text", watchFiles: [path] };
    });
  },
};

/** What `page.css` takes from `page/`, but for the ground and the colours of the page's own document. */
const pageStyles = {
  name: "page-styles",
  setup(build) {
    const list = join(here, "src/page.css");
    build.onResolve({ filter: /^page-styles$/ }, () => ({ path: list, namespace: "page-styles" }));
    build.onLoad({ filter: /.*/, namespace: "page-styles" }, async () => {
      const imports = (await readFile(list, "utf8")).match(/^@import "\.\/page\/.*$/gm);
      const contents = imports.filter((line) => !line.includes("/theme.css")).join("\n");
      const stdin = { contents, resolveDir: dirname(list), loader: "css" };
      const built = await esbuild.build({ ...common, stdin, write: false, plugins: [] });
      return { contents: built.outputFiles[0].text, loader: "text" };
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

/** What the extension loads later on; the modules share their code in chunks. */
const late = {
  ...common,
  entryPoints: { watch: "src/lab/watch_entry.ts", page: "src/lab/page_view.tsx" },
  format: "esm",
  splitting: true,
  metafile: true,
  entryNames: "[name].[hash]",
  chunkNames: "shared.[hash]",
  plugins: [stylesAsText, pageStyles],
};

/** The names carry a hash of the content, for Jupyter lets browsers keep an extension's files. */
async function buildLabExtension() {
  const target = join(dist, "labext");
  const files = join(target, "static");
  await rm(target, { recursive: true, force: true });
  await mkdir(files, { recursive: true });
  const view = `./view.${await hashOf(join(dist, "view.js"))}.js`;
  await cp(join(dist, "view.js"), join(files, view));
  const { metafile } = await esbuild.build({ ...late, outdir: files });
  const built = Object.entries(metafile.outputs);
  const nameOf = (entry) => `./${basename(built.find(([, { entryPoint }]) => entryPoint === entry)[0])}`;
  const modules = {
    VIEW_MODULE: view,
    WATCH_MODULE: nameOf(late.entryPoints.watch),
    PAGE_MODULE: nameOf(late.entryPoints.page),
  };
  const entry = join(files, "remoteEntry.js");
  await esbuild.build({
    ...common,
    entryPoints: ["src/lab/container.ts"],
    format: "iife",
    outfile: entry,
    external: Object.values(modules),
    define: Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, JSON.stringify(file)])),
  });
  const named = `remoteEntry.${await hashOf(entry)}.js`;
  await cp(entry, join(files, named));
  await rm(entry);
  await describe(target, named);
}

/** What Jupyter reads of an extension: its modules, and its settings below its name. */
async function describe(target, entry) {
  const described = {
    name: NAME,
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    jupyterlab: {
      extension: "./extension",
      mimeExtension: "./mimeExtension",
      schemaDir: "schema",
      _build: { load: `static/${entry}`, extension: "./extension", mimeExtension: "./mimeExtension" },
    },
  };
  const text = `${JSON.stringify(described, null, 2)}\n`;
  const schemas = join(target, "schemas", NAME);
  await writeFile(join(target, "package.json"), text);
  await cp(join(here, "schema"), schemas, { recursive: true });
  await writeFile(join(schemas, "package.json.orig"), text); // where Jupyter looks for the settings' version
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
