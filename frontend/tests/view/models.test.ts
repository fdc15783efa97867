/** The place for models, as it is seen: versions, a rollback that asks once, a prediction, refusals in words. */

import { beforeAll, describe, expect, it } from "vitest";
import { inChromium } from "./chromium";

type Part = Record<string, unknown>;

let seen: { versions: Part; rollback: Part; prediction: Part; states: Part };
beforeAll(async () => {
  seen = (await inChromium("models")) as typeof seen;
}, 60_000);

describe("the versions of a model", () => {
  it("are told with their scores, the best marked, and the one in service with since when and by whom", () => {
    const { versions } = seen;
    expect((versions["heads"] as string[])[0]).toMatch(/^digits\s+version 3 in service · newest 200$/);
    expect(versions["service"]).toMatch(/^Version 3 is in service since .*, put there by ada\.$/);
    expect(versions["columns"]).toEqual(["Version", "Accuracy", "F1 (macro)", "Run", "Made", "What can be done"]);
    expect(versions["newest"]).toEqual([["200"], ["best", "0.7000"], ["0.4000"]]);
    expect(versions["served"]).toMatch(/^In service/);
  });

  it("are linked to their runs, also to one that is not known here", () => {
    expect(seen.versions["runs"]).toEqual([
      ["digits", "#run=20261122-100000-0000002a"],
      ["gone-200", "#run=gone-200"],
    ]);
  });

  it("are the newest twenty and the one in service, and all on demand", () => {
    expect([seen.versions["rows"], seen.versions["whole"]]).toEqual([21, 200]);
  });

  it("can be downloaded; a refusal is said in words", () => {
    expect(seen.versions["download"]).toBe("/api/models/digits/200/artifact");
    expect(seen.versions["refused"]).toBe("no file at models/digits/2/artifact");
    expect(seen.versions["markup"]).toBe(1); // the version in service, in the page's own words
  });
});

describe("putting a version in service", () => {
  it("is called a rollback where an older one replaces a newer one", () => {
    expect(seen.rollback["words"]).toEqual(["Roll back version 1", "Deploy version 4"]);
  });

  it("says what is replaced and asks once; Escape leaves everything as it is", () => {
    expect(seen.rollback["question"]).toMatch(
      /^Version 1 takes the place of version 3, in service since .*, put there by ada\.\s+Roll back\s+Leave it$/,
    );
    expect(seen.rollback["focused"]).toBe("Roll back");
    expect(seen.rollback["left"]).toEqual({ questions: 0, focused: "Roll back version 1", posted: 0 });
  });

  it("says in words why it was refused, and what is in service once it was not", () => {
    expect(seen.rollback["refusal"]).toBe("version 1 cannot be opened");
    expect(seen.rollback["posted"]).toEqual([
      ["models/digits/deploy", { version: 1 }],
      ["models/digits/deploy", { version: 4 }],
    ]);
    expect(seen.rollback["after"]).toMatchObject({ service: expect.stringMatching(/^Version 4 is in service/) });
    expect((seen.rollback["after"] as { head: string }).head).toContain("version 4 in service");
  });
});

describe("a prediction", () => {
  it("has a form of the columns, and sends nothing that is no value", () => {
    expect(seen.prediction["labels"]).toEqual(["age", "city <b>"]);
    expect(seen.prediction["wrong"]).toEqual({ problem: "“many” is no number", posted: 0 });
  });

  it("is shown with the likeliest class first, as text", () => {
    expect(seen.prediction["predicted"]).toEqual({
      value: ["<i>a</i>"],
      names: ["<i>a</i>", "b"],
      fills: ["scaleX(0.875)", "scaleX(0.125)"],
      body: ["models/digits/predict", { rows: [{ age: 41, "city <b>": "Zürich" }] }],
    });
    expect(seen.prediction["markup"]).toBe(0);
  });

  it("takes pasted rows, and says in the server's words what does not fit", () => {
    expect(seen.prediction["pasted"]).toEqual({
      body: ["models/digits/predict", { rows: [{ age: 1, "city <b>": "Paris" }, { age: 2, "city <b>": "Bern" }] }],
      refusal: ["rows[1].city <b>: is 'Bern'; expected Paris or Zürich"],
    }); // prettier-ignore
  });
});

describe("models that are not there", () => {
  it("are said to be missing, with what makes one", () => {
    expect(seen.states["empty"]).toEqual([expect.stringMatching(/^No model is registered\. .*register_as/)]);
  });

  it("have nothing to try before one is in service, and whole names", () => {
    expect(seen.states["unserved"]).toMatchObject({ service: expect.stringMatching(/^No version is in service/), tries: 0 });
    expect((seen.states["unserved"] as { title: string }).title).toMatch(/^Größe-数据-x{80}$/);
  });

  it("are asked for again where that failed", () => {
    expect(seen.states["problem"]).toMatch(/^Its versions could not be loaded\. The disk cannot be read/);
    expect(seen.states["again"]).toBe(2);
  });

  it("cannot be deployed or asked while the server is away, and say why", () => {
    const why = "The server does not answer; this works again once it does.";
    expect(seen.states["offline"]).toEqual(["true", why, why]);
    expect((seen.states["refused"] as string[]).join(" ")).toMatch(/The server refuses this page.*Log in again/s);
  });
});
