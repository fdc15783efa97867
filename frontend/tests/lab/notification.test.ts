import { describe, expect, it } from "vitest";
import { kindOf, notificationOf, placeOfNotice } from "../../src/lab/notification";
import type { Notice } from "../../src/model/view_state";

function notice(topic: string, level: Notice["level"], run_id: string | null = null): Notice {
  return { key: topic, topic, level, title: "digits failed", text: "ValueError: no", run_id };
}

describe("a notification", () => {
  it("is of the kind that the settings turn on and off", () => {
    expect(kindOf(notice("end 1", "success", "1"))).toBe("ends");
    expect(kindOf(notice("end 1", "warning", "1"))).toBe("ends");
    expect(kindOf(notice("end 1", "error", "1"))).toBe("failures");
    expect(kindOf(notice("stall 1", "warning", "1"))).toBe("stalls");
    expect(kindOf(notice("health", "error"))).toBe("health");
    expect(kindOf(notice("model digits", "success", "1"))).toBe("deployments");
  });

  it("stays where something went wrong, and goes by itself elsewhere", () => {
    expect(notificationOf(notice("end 1", "error")).autoClose).toBe(false);
    expect(notificationOf(notice("end 1", "success")).autoClose).toBe(10_000);
  });

  it("says title and text, and of a very long text the beginning", () => {
    expect(notificationOf(notice("end 1", "error")).words).toBe("digits failed: ValueError: no");
    const long = notificationOf({ ...notice("end 1", "error"), text: "x".repeat(5000) });
    expect(long.words.length).toBe(300);
  });

  it("opens what it is about", () => {
    expect(placeOfNotice(notice("end 1", "error", "1"))).toEqual({ at: "now", runId: "1" });
    expect(placeOfNotice(notice("health", "warning"))).toEqual({ at: "health", query: "" });
    expect(placeOfNotice(notice("model digits", "success"))).toEqual({ at: "models", query: "" });
  });
});
