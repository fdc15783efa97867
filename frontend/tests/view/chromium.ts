/** Shows a scene in a real Chromium and answers what the scene saw there; no DOM is played. */

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import esbuild from "esbuild";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
  "--disable-component-update", "--disable-sync", "--enable-blink-features=ForceEagerMeasureMemory",
]; // prettier-ignore
const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const SOURCES = join(import.meta.dirname, "../../src");
/** What a page must be served with to be told how much memory it takes. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const PAGE = '<!doctype html><meta charset="utf-8"><body><script src="scene.js"></script>';

function chromium(): string {
  if (process.env["CHROMIUM"]) return process.env["CHROMIUM"];
  for (const name of NAMES) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // not under this name
    }
  }
  throw new Error("These tests need Chromium; scripts/install-chromium installs it");
}

async function bundled(entry: string, format: "iife" | "esm", viewModule: string): Promise<string> {
  const built = await esbuild.build({
    entryPoints: [entry],
    format,
    bundle: true,
    write: false,
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "error",
    loader: { ".css": "text" },
    define: { VIEW_MODULE: JSON.stringify(viewModule) },
    external: [viewModule],
  });
  return built.outputFiles[0]!.text;
}

/** The page's own style sheet, for scenes that link it. */
async function pageStyles(): Promise<string> {
  const built = await esbuild.build({
    entryPoints: [join(SOURCES, "page.css")],
    bundle: true,
    write: false,
    logLevel: "error",
  });
  return built.outputFiles[0]!.text;
}

const TYPES: Record<string, string> = { "/": "text/html", "/page.css": "text/css" };

/** A server of the scene's files, and the promise of what the scene posts back. */
async function serve(files: Record<string, string>): Promise<{ url: string; told: Promise<string>; close: () => void }> {
  let tell: (said: string) => void;
  const told = new Promise<string>((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let said = "";
      request.on("data", (part) => (said += String(part)));
      request.on("end", () => tell(said));
    }
    const file = files[request.url ?? ""];
    const type = TYPES[request.url ?? ""] ?? "text/javascript";
    response.writeHead(file === undefined ? 404 : 200, { "Content-Type": type, ...ISOLATED });
    response.end(file ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, told, close };
}

/** Remove Chromium's folder; a child that is just ending may still write into it. */
async function remove(folder: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** What `scenes/<scene>.tsx` handed to `answer`. */
export async function inChromium(scene: string, viewModule = "./view.js"): Promise<unknown> {
  const [script, view, styles] = await Promise.all([
    bundled(join(import.meta.dirname, "scenes", `${scene}.tsx`), "iife", viewModule),
    bundled(join(SOURCES, "view.tsx"), "esm", viewModule),
    pageStyles(),
  ]);
  const { url, told, close } = await serve({ "/": PAGE, "/scene.js": script, "/view.js": view, "/page.css": styles });
  const profile = mkdtempSync(join(tmpdir(), "jpp-scene-"));
  const browser = spawn(chromium(), [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: "ignore",
    detached: true, // a group of its own, which ends as one
  });
  const ended = new Promise<void>((resolve) => browser.on("exit", () => resolve()));
  try {
    const gone = ended.then(() => JSON.stringify({ thrown: "Chromium ended" }));
    const seen = JSON.parse(await Promise.race([told, gone])) as { thrown?: string };
    if (seen.thrown) throw new Error(`The scene ${scene} failed: ${seen.thrown}`);
    return seen;
  } finally {
    if (browser.pid && browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
    await ended;
    close();
    await remove(profile);
  }
}
