import { describe, expect, it } from "vitest";
import { hear, SILENT, type Heard, type Speech } from "../../src/model/announcing";
import { readRun } from "../../src/model/reading";
import type { Notice } from "../../src/model/view_state";

const STAGES = ["load_data", "preprocess", "train"].map((id) => ({ id, title: `Do ${id}`, status: "pending" }));

function heard(more: Record<string, unknown> = {}, notices: Notice[] = [], isFresh: boolean | null = true): Heard {
  const run = readRun({ run_id: "20261122-100000-0000002a", name: "digits", status: "running", stages: STAGES, ...more });
  return { run, notices, isFresh };
}

function notice(key: string, title: string): Notice {
  return { key, topic: key, level: "success", title, text: "Accuracy 0.97", run_id: null };
}

/** Hears at moments; everything that was said, in order. */
class Listener {
  speech: Speech = SILENT;
  said: string[] = [];

  at(now: number, what: Heard): this {
    const before = this.speech;
    this.speech = hear(before, what, now);
    if (this.speech.said && this.speech.saidAt !== before.saidAt) this.said.push(this.speech.said);
    return this;
  }
}

describe("a view tells a screen reader", () => {
  it("nothing of what was so when it came, and nothing in ten seconds of ticks", () => {
    const ears = new Listener().at(0, heard({ current_stage: "train", progress: 1 }, [notice("a", "old")]));
    for (let tick = 1; tick <= 100; tick += 1) {
      const moved = { current_stage: "train", progress: tick, step: tick, elapsed_time: tick / 10, live_accuracy: tick / 100 };
      ears.at(100 * tick, heard(moved, [notice("a", "old")]));
    }
    expect(ears.said).toEqual([]);
  });

  it("each stage by its place, and of those that pass in a moment the last", () => {
    const ears = new Listener().at(0, heard({ current_stage: "load_data" }));
    ears.at(2000, heard({ current_stage: "preprocess" }));
    ears.at(2100, heard({ current_stage: "train" }));
    for (let now = 2200; now < 5000; now += 100) ears.at(now, heard({ current_stage: "train" }));
    expect(ears.said).toEqual(["digits: stage 2 of 3, Do preprocess", "digits: stage 3 of 3, Do train"]);
    const hasty = new Listener().at(0, heard());
    hasty.at(1, heard({ current_stage: "load_data" })).at(2, heard({ current_stage: "preprocess" }));
    hasty.at(3, heard({ current_stage: "train" })).at(1002, heard({ current_stage: "train" }));
    expect(hasty.said).toEqual(["digits: stage 1 of 3, Do load_data", "digits: stage 3 of 3, Do train"]);
  });

  it("each notice once, with its figure", () => {
    const ears = new Listener().at(0, heard());
    const ended = heard({ status: "completed" }, [notice("end", "digits finished")]);
    for (let now = 100; now < 20_000; now += 500) ears.at(now, ended);
    expect(ears.said).toEqual(["digits finished. Accuracy 0.97"]);
    expect(ears.speech.said).toBe(""); // so that the same words are new again
  });

  it("a lost connection after a while, and that it is back", () => {
    const ears = new Listener().at(0, heard()).at(100, heard({}, [], false));
    ears.at(3000, heard({}, [], false));
    expect(ears.said).toEqual([]);
    ears.at(3200, heard({}, [], false)).at(9000, heard({}, [], null)).at(9500, heard());
    expect(ears.said).toEqual(["Nothing is heard any more; what is shown may have changed", "Connected again"]);
  });

  it("nothing of a connection that was back in a moment", () => {
    const ears = new Listener().at(0, heard()).at(100, heard({}, [], false)).at(900, heard());
    for (let now = 1000; now < 9000; now += 500) ears.at(now, heard());
    expect(ears.said).toEqual([]);
  });
});
