/** The little of Node that the tests use, so that the product's own code is checked without it. */

declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
  export function readdirSync(path: string): string[];
  export function mkdtempSync(prefix: string): string;
  export function rmSync(
    path: string,
    how: { recursive: boolean; force: boolean },
  ): void;
}

declare module "node:path" {
  export function join(...parts: string[]): string;
}

declare module "node:os" {
  export function tmpdir(): string;
}

declare module "node:child_process" {
  export function execFileSync(file: string, words: string[], how: { encoding: "utf8" }): string;
  export function spawn(
    file: string,
    words: string[],
    how: { stdio: "ignore"; detached: boolean },
  ): { pid?: number; exitCode: number | null; on(event: "exit", heard: () => void): void };
}

declare module "node:http" {
  interface Request {
    method?: string;
    url?: string;
    headers: Record<string, string | undefined>;
    on(event: "data", heard: (part: unknown) => void): void;
    on(event: "end", heard: () => void): void;
  }
  interface Response {
    writeHead(status: number, headers: Record<string, string>): void;
    end(body: string): void;
  }
  export function createServer(heard: (request: Request, response: Response) => void): {
    listen(port: number, host: string, ready: () => void): void;
    address(): { port: number };
    closeAllConnections(): void;
    close(): void;
  };
}

declare const process: {
  env: Record<string, string | undefined>;
  kill(pid: number, signal: "SIGKILL"): void;
};

interface ImportMeta {
  dirname: string;
}
