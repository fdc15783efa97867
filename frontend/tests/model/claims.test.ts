import { expect, it } from "vitest";
import { claimed, readClaims } from "../../src/model/claims";

it("is taken by the first that asks, and by nobody after", () => {
  const first = claimed(readClaims(null), "end a");
  expect(first).toEqual(["end a"]);
  expect(claimed(readClaims(JSON.stringify(first)), "end a")).toBeNull();
  expect(claimed(first!, "end b")).toEqual(["end a", "end b"]);
});

it("keeps a bounded number, and the newest of them", () => {
  let claims: string[] = [];
  for (let number = 0; number < 300; number += 1) claims = claimed(claims, `end ${number}`)!;
  expect(claims).toHaveLength(200);
  expect(claims.at(-1)).toBe("end 299");
});

it.each(["no json", "{}", "[1, null]", "null"])("reads %s, which somebody else wrote, as nothing", (stored) => {
  expect(readClaims(stored)).toEqual([]);
});
