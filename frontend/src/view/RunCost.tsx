/** What a run itself costs: what its processes use of their limits, and what watching them takes. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { bytes, count, percentage, rate, share, UNKNOWN } from "../model/format";
import { costOf, type Cost } from "../model/run_cost";
import { hasEnded } from "../model/transitions";
import type { Health, RunState } from "../model/wire";

/** The facts that there are, and while a pipeline goes on those that are to come. */
function factsOf(run: RunState): [name: string, words: string][] {
  const { throughput, predictions_processed: scored } = run;
  const isToCome = run.kind === "pipeline" && !hasEnded(run.status);
  const facts: [string, string, boolean][] = [
    ["Predictions scored", count(scored), scored > 0],
    ["Throughput", throughput === null ? UNKNOWN : `${rate(throughput).replace("/s", "")} rows/s`, throughput !== null],
  ];
  return facts.flatMap(([name, words, isKnown]) => (isKnown || isToCome ? [[name, words]] : []));
}

/** Whether there is anything to tell of what a run costs. */
export function hasCost(run: RunState, health: Health | null): boolean {
  return costOf(run, health).length > 0 || factsOf(run).length > 0;
}

export function RunCost({ run, health }: { run: RunState; health: Health | null }): JSX.Element {
  const facts = factsOf(run);
  return (
    <>
      <div class="jpp-meters jpp-cost">
        {costOf(run, health).map((cost) => (
          <CostMeter key={cost.name} cost={cost} />
        ))}
      </div>
      {facts.length > 0 && (
        <dl class="jpp-facts">
          {facts.map(([name, words]) => (
            <div class="jpp-fact" key={name}>
              <dt>{name}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function amount(cost: Cost, value: number): string {
  if (cost.unit === "bytes") return bytes(value);
  return cost.unit === "cores" ? value.toFixed(value > 0 && value < 1 ? 2 : 1) : share(value);
}

/** `1.6 of 2.0 cores`, `612 MB of 2.00 GB · peak 791 MB`, `of training time, at most 3.0 %`. */
function detailOf(cost: Cost): string {
  const { used, limit, peak, unit } = cost;
  if (unit === "share") return `of training time${limit === null ? "" : `, at most ${share(limit)}`}`;
  const whole = limit === null ? "" : ` of ${cost.isMachines ? "the machine's " : ""}${amount(cost, limit)}`;
  const words = used === null ? "" : `${amount(cost, used)}${whole}${unit === "cores" ? " cores" : ""}`;
  const most = peak === null ? "" : `peak ${amount(cost, peak)}${used === null ? whole : ""}`;
  return [words, most].filter(Boolean).join(" · ");
}

function CostMeter({ cost }: { cost: Cost }): JSX.Element {
  const fill = useRef<HTMLSpanElement>(null);
  const mark = useRef<HTMLSpanElement>(null);
  const { limit, peak, unit } = cost;
  const used = cost.used ?? peak;
  const of = (value: number | null): number => (value === null || !limit ? 0 : Math.min(1, Math.max(0, value / limit)));
  const [filled, marked] = [of(used), of(peak)];
  useLayoutEffect(() => {
    if (fill.current) fill.current.style.transform = `scaleX(${filled})`;
    if (mark.current) mark.current.style.left = `${100 * marked}%`;
  }, [filled, marked]);
  // Without a limit there is nothing to be a part of.
  if (limit === null) {
    return (
      <div class="jpp-meter">
        <span class="jpp-meter-name">{cost.name}</span>
        <span class="jpp-meter-whole">
          {unit === "share" && used !== null && `${share(used)} `}
          {detailOf(cost) || UNKNOWN}
        </span>
      </div>
    );
  }
  const value = unit === "share" ? share(used) : used === null ? UNKNOWN : percentage(100 * (used / limit));
  return (
    <div class={`jpp-meter jpp-meter-${cost.tone}`}>
      <span class="jpp-meter-name">{cost.name}</span>
      <span class="jpp-meter-track" aria-hidden="true">
        <span class="jpp-meter-fill" ref={fill} />
        {peak !== null && <span class="jpp-meter-peak" ref={mark} title={`peak ${amount(cost, peak)}`} />}
      </span>
      <span class="jpp-meter-value">{value}</span>
      <span class="jpp-meter-detail">{detailOf(cost)}</span>
    </div>
  );
}
