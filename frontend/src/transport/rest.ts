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

  async #request(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const { address, page } = this.context;
    const deadline = AbortSignal.timeout(method === "GET" ? ASK_WITHIN_MS : ACT_WITHIN_MS);
    const init: RequestInit = {
      method,
      headers: this.#headers(method),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    try {
      response = await this.context.fetch(restUrl(address, path, page), init);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new RestError(0, "unreachable", `The server cannot be reached (${said})`);
    }
    return readAnswer(response);
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
