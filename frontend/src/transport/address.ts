/** Where the server of this page is, and how a request to it is made. No DOM: what stands in the page comes as text. */

import { fields, text } from "../model/reading_fields";

export interface ServerAddress {
  /** Ends in a slash; a path of this origin, or a whole URL. */
  baseUrl: string;
  wsUrl: string;
  token: string;
}

/** Read the configuration that Jupyter's pages carry; null where there is none. */
export function readAddress(config: string | null): ServerAddress | null {
  if (config === null) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(config);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const baseUrl = text(fields(parsed)["baseUrl"]);
  if (baseUrl === null) return null;
  return {
    baseUrl: baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`,
    wsUrl: text(fields(parsed)["wsUrl"]) ?? "",
    token: text(fields(parsed)["token"]) ?? "",
  };
}

const API = "jupyter-progress/api/v1/";

export function restUrl(address: ServerAddress, path: string, page: string): string {
  return new URL(`${address.baseUrl}${API}${path}`, page).href;
}

/** The stream's URL; a position to go on from, where there is one. */
export function streamUrl(
  address: ServerAddress,
  page: string,
  position: { logId: string; offset: number } | null,
): string {
  const base = new URL(address.baseUrl, page);
  const url = new URL(`${address.wsUrl || base.href}`, base);
  if (url.protocol === "http:" || url.protocol === "https:") {
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  }
  url.pathname = `${base.pathname}${API}stream`;
  if (position) {
    url.searchParams.set("log_id", position.logId);
    url.searchParams.set("since", String(position.offset));
  }
  // A proxy writes addresses into its log. On the page's own host the cookie opens the socket.
  if (address.token && url.host !== new URL(page).host) {
    url.searchParams.set("token", address.token);
  }
  return url.href;
}
