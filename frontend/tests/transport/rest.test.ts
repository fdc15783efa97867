/** Requests to a real HTTP server: what they carry, and what an answer from somewhere else means. */

import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rest, RestError } from "../../src/transport/rest";

const carried: Record<string, string | undefined> = {};
const server = createServer((request, response) => {
  const path = request.url ?? "";
  carried[`${request.method} ${path.split("/").pop()}`] = request.headers["x-xsrftoken"];
  const html = { "Content-Type": "text/html" };
  if (path.endsWith("/stopped")) {
    response.writeHead(302, { Location: "/hub/login" });
    response.end("");
  } else if (path.endsWith("/broken")) {
    response.writeHead(502, html);
    response.end("<html>Bad gateway</html>");
  } else if (path.endsWith("/page") || path === "/hub/login") {
    response.writeHead(200, html);
    response.end("<html>Log in</html>");
  } else {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end('{"runs": []}');
  }
});
let rest: Rest;

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  rest = new Rest({
    address: { baseUrl: "/user/%C3%B1@x/", wsUrl: "", token: "" },
    page: `http://127.0.0.1:${server.address().port}/user/%C3%B1@x/jupyter-progress/`,
    fetch,
    xsrf: () => "proof",
  });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function statusOf(path: string): Promise<number> {
  const error: unknown = await rest.get(path).catch((raised: unknown) => raised);
  if (!(error instanceof RestError)) throw new Error(`${path} was answered`);
  return error.status;
}

describe("a request", () => {
  it("carries the XSRF token, also when it only reads", async () => {
    expect(await rest.get("runs")).toEqual({ runs: [] });
    await rest.post("activity", { text: "a note" });
    expect(carried["GET runs"]).toBe("proof");
    expect(carried["POST activity"]).toBe("proof");
  });
});

describe("an answer that is no JSON", () => {
  it("says nothing of the server where the way led elsewhere", async () => {
    expect(await statusOf("stopped")).toBe(0);
  });

  it("is another server's, or a proxy's, at the address itself", async () => {
    expect(await statusOf("page")).toBe(404);
    expect(await statusOf("broken")).toBe(502);
  });
});
