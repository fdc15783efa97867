/** Where a page's stream is, and what its address carries. */

import { describe, expect, it } from "vitest";
import { readAddress, streamUrl } from "../../src/transport/address";

const PAGE = "https://hub.example/user/%C3%B1@x/lab/tree/a.ipynb";

function streamOf(config: Record<string, string>): string {
  const address = readAddress(JSON.stringify({ baseUrl: "/user/%C3%B1@x/", ...config }));
  if (address === null) throw new Error("no address");
  return streamUrl(address, PAGE, null);
}

describe("the address of the stream", () => {
  it("is below the page's own server, without the token that a log would keep", () => {
    expect(streamOf({ token: "secret" })).toBe(
      "wss://hub.example/user/%C3%B1@x/jupyter-progress/api/v1/stream",
    );
  });

  it("carries the token to another host, where there is no cookie", () => {
    expect(streamOf({ token: "secret", wsUrl: "wss://sockets.example/" })).toBe(
      "wss://sockets.example/user/%C3%B1@x/jupyter-progress/api/v1/stream?token=secret",
    );
  });
});
