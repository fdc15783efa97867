/** What a run's own processes use, each against its limit, and what watching them costs. */

import { number } from "./reading_fields";
import { hasEnded } from "./transitions";
import type { Health, RunState } from "./wire";

export interface Cost {
  name: string;
  unit: "cores" | "bytes" | "share";
  used: number | null;
  /** The most that it was. */
  peak: number | null;
  limit: number | null;
  /** Whether the limit is the machine's, for want of one of the run's own. */
  isMachines: boolean;
  tone: "green" | "yellow" | "red";
}

const NEAR = 0.8;
const AT_LIMIT = 0.95;

/** The costs that are known, and while a pipeline goes on those that are to come. */
export function costOf(run: RunState, health: Health | null): Cost[] {
  const isOver = hasEnded(run.status);
  const isToCome = run.kind === "pipeline" && !isOver;
  const costs = [...(isOver ? [] : [cpuOf(run, health)]), memoryOf(run, health), watchingOf(run)];
  return costs.filter((cost) => isToCome || cost.used !== null || cost.peak !== null);
}

/** Its limit are the machine's processors, or as many as its container may use. */
function cpuOf(run: RunState, health: Health | null): Cost {
  const percent = run.resources?.cpu ?? null;
  const limit = health?.cpu?.limit ?? null;
  return { name: "CPU", unit: "cores", used: percent === null ? null : percent / 100, peak: null, limit, isMachines: false, tone: "green" };
}

function memoryOf(run: RunState, health: Health | null): Cost {
  const { memory = null, peak_memory: peak = null, limit: own = null } = run.resources ?? {};
  // Of one that has ended only the most it was is of interest.
  const used = hasEnded(run.status) ? null : memory;
  const limit = own ?? health?.memory?.limit ?? null;
  const at = limit && own !== null ? Math.max(used ?? peak ?? 0, 0) / limit : 0;
  const tone = at >= AT_LIMIT ? "red" : at >= NEAR ? "yellow" : "green";
  // It is sampled, and may have been noted just before it rose.
  const most = peak === null ? null : Math.max(peak, used ?? 0);
  return { name: "Memory", unit: "bytes", used, peak: most, limit, isMachines: own === null, tone };
}

function watchingOf(run: RunState): Cost {
  const used = run.monitoring_overhead;
  const limit = number(run.spec["max_overhead"]);
  const tone = used !== null && limit !== null && used > limit ? "yellow" : "green";
  return { name: "Watching", unit: "share", used, peak: null, limit, isMachines: false, tone };
}
