/** Requests to the server's REST interface. */

import { fields, text } from "../model/reading_fields";
import { restUrl, type ServerAddress } from "./address";

/** A request that was refused, or that reached nobody (`status` 0). */
export class RestError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "RestError";
  }
}

export interface RestContext {
  address: ServerAddress;
  page: string;
  fetch: typeof fetch;
  /** The value of the `_xsrf` cookie, read anew for each request. */
  xsrf(): string | null;
}

const ASK_WITHIN_MS = 10_000;
const ACT_WITHIN_MS = 120_000; // deploying loads a model, which may be large

export class Rest {
  constructor(private readonly context: RestContext) {}

  get(path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#request("GET", path, undefined, signal);
  }

  post(path: string, body: unknown = {}): Promise<unknown> {
    return this.#request("POST", path, body);
  }

  patch(path: string, body: unknown): Promise<unknown> {
    return this.#request("PATCH", path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.#request("DELETE", path);
  }

  /** Where something is, for a link. It holds no token: whoever follows it has the page's cookie. */
  urlOf(path: string): string {
    return restUrl(this.context.address, path, this.context.page);
  }

  /** A file, with the name that the server gives it. However large: only who asked ends the wait. */
  async file(path: string, signal: AbortSignal): Promise<{ content: Blob; name: string }> {
    const init: RequestInit = { headers: this.#headers("GET"), credentials: "same-origin", cache: "no-store", signal };
    const response = await this.#fetched(path, init);
    if (!response.ok || response.redirected) {
      await readAnswer(response);
      throw new RestError(response.status, "not_a_file", "The server answered without a file");
    }
    const given = /filename\*=utf-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "");
    return { content: await response.blob(), name: given ? decodeURIComponent(given[1]!) : "" };
  }

  async #fetched(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.context.fetch(this.urlOf(path), init);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new RestError(0, "unreachable", `The server cannot be reached (${said})`);
    }
  }

  async #request(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const deadline = AbortSignal.timeout(method === "GET" ? ASK_WITHIN_MS : ACT_WITHIN_MS);
    const init: RequestInit = {
      method,
      headers: this.#headers(method),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    return readAnswer(await this.#fetched(path, init));
  }

  #headers(method: string): Headers {
    const headers = new Headers({ Accept: "application/json" });
    const { address } = this.context;
    if (address.token) headers.set("Authorization", `token ${address.token}`);
    if (method !== "GET") headers.set("Content-Type", "application/json");
    // With reading too: a JupyterHub asks it of every request that a script makes.
    const xsrf = this.context.xsrf();
    if (xsrf) headers.set("X-XSRFToken", xsrf);
    return headers;
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const said = await response.text();
  let answer: unknown = null;
  try {
    answer = said ? JSON.parse(said) : null;
  } catch {
    // A login page or a proxy's page: no answer of the server's interface. Where it stands at another
    // address, nothing is known of the server: a JupyterHub leads there while it is stopped.
    const answered = response.ok ? 404 : response.status;
    const status = response.redirected ? 0 : answered;
    throw new RestError(status, "not_json", `The server answered ${response.status} without JSON`);
  }
  if (response.ok) return answer;
  const { message, reason } = fields(answer);
  throw new RestError(
    response.status,
    text(reason) ?? "refused",
    text(message) ?? `The server answered ${response.status}`,
  );
}
