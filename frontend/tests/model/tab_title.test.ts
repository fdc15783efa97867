import { expect, it } from "vitest";
import { readRun } from "../../src/model/reading";
import { tabTitle, type Tab } from "../../src/model/tab_title";
import type { Notice, NoticeLevel } from "../../src/model/view_state";
import type { RunState } from "../../src/model/wire";

function run(more: Record<string, unknown> = {}): RunState {
  return readRun({ run_id: "20261122-100000-0000002a", name: "digits", status: "running", progress: 42.7, ...more })!;
}

function notice(level: NoticeLevel, title: string): Notice {
  return { key: title, topic: title, level, title, text: "", run_id: null };
}

function title(runs: RunState[], more: Partial<Tab> = {}): string {
  return tabTitle({ runs, isFresh: true, unseen: [], shown: (known) => known.progress, ...more });
}

it("says how far the run at work is, and that there are more", () => {
  expect(title([run()])).toBe("42 % digits");
  const queued = run({ run_id: "20261122-100001-0000002a", name: "later", status: "queued" });
  expect(title([queued, run()])).toBe("42 % digits +1");
  expect(title([queued])).toBe("Queued · later");
  expect(title([run({ stalled: { since: "2026-11-22T10:00:00Z" } })])).toBe("! stalled · 42 % digits");
});

it("says nothing of what has ended", () => {
  expect(title([run({ status: "completed", progress: 100 })])).toBe("Training runs");
});

it("shows no figure of some time ago", () => {
  expect(title([run()], { isFresh: false })).toBe("Offline · digits");
  expect(title([], { isFresh: false })).toBe("Offline · Training runs");
});

it("tells what happened unseen: the gravest, and how many", () => {
  const unseen = [notice("error", "b failed"), notice("success", "digits finished")];
  expect(title([run()], { unseen: unseen.slice(1) })).toBe("✓ digits finished");
  expect(title([run()], { unseen })).toBe("(2) ✗ b failed");
});
