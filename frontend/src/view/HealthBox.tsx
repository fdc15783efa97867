/** The machine's health: its colour with the reasons, and every figure behind it. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { bytes, count, duration, milliseconds, percentage } from "../model/format";
import { gpuTitle } from "../model/health_rows";
import type { Gauge, Health } from "../model/wire";
import { useFreshness } from "./freshness";

const WORDS = { green: "healthy", yellow: "strained", red: "critical" } as const;

/** Named as the machine's: beside a run it would read as the run's own. */
export function HealthMark({ health }: { health: Health }): JSX.Element {
  const isNow = useFreshness();
  return (
    <span class={`jpp-health-mark jpp-health-${health.status}`} data-health={health.status}>
      <span class="jpp-dot" aria-hidden="true" />
      Machine {isNow ? "" : "was "}
      {WORDS[health.status]}
    </span>
  );
}

/** The line of a small view, shown when health is not green. */
export function HealthLine({ health }: { health: Health }): JSX.Element {
  return (
    <p class={`jpp-health-line jpp-health-${health.status}`}>
      <HealthMark health={health} />
      <span>{health.reasons.join(" · ")}</span>
    </p>
  );
}

interface MeterProps {
  name: string;
  gauge: Gauge;
  unit: "bytes" | "cores";
  tone?: "green" | "yellow" | "red";
  /** What stands behind the figure, where that is no amount. */
  detail?: string;
}

/** A reason names its figure and its colour: "memory at 84 % (yellow from 80 %)". */
function toneOf(name: string, reasons: readonly string[]): "green" | "yellow" | "red" {
  const own = reasons.find((reason) => reason.toLowerCase().startsWith(`${name.toLowerCase()} `));
  if (!own) return "green";
  return own.includes("(red") ? "red" : "yellow";
}

function Meter({ name, gauge, unit, tone = "green", detail: words }: MeterProps): JSX.Element {
  const fill = useRef<HTMLDivElement>(null);
  const at = Math.min(100, Math.max(0, gauge.percent ?? 0));
  useLayoutEffect(() => {
    if (fill.current) fill.current.style.transform = `scaleX(${at / 100})`;
  }, [at]);
  const amount = unit === "bytes" ? bytes : (value: number | null) => value?.toFixed(1) ?? "–";
  const limit = gauge.limit === null ? "" : ` of ${amount(gauge.limit)}`;
  const detail = gauge.used === null ? "" : `${amount(gauge.used)}${limit}`;
  return (
    <div class={`jpp-meter jpp-meter-${tone}`}>
      <span class="jpp-meter-name">{name}</span>
      <span class="jpp-meter-track" aria-hidden="true">
        <span class="jpp-meter-fill" ref={fill} />
      </span>
      <span class="jpp-meter-value">{percentage(gauge.percent)}</span>
      <span class="jpp-meter-detail" title={words}>
        {words ?? detail}
        {unit === "cores" && detail ? " cores" : ""}
      </span>
    </div>
  );
}

function Row({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="jpp-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const GAUGES = [
  ["CPU", "cpu", "cores"],
  ["Memory", "memory", "bytes"],
  ["Swap", "swap", "bytes"],
  ["Disk", "disk", "bytes"],
] as const;

const WAYS: Record<string, string> = { rest: "REST", socket: "Socket", websocket: "Socket" };

export function HealthBox({ health }: { health: Health }): JSX.Element {
  return (
    <div class="jpp-health">
      <p class="jpp-health-line">
        <HealthMark health={health} />
        <span>
          {[...health.reasons, ...health.remarks].join(" · ") || "Nothing is over its threshold."}
        </span>
      </p>
      <div class="jpp-meters">
        {GAUGES.map(([name, key, unit]) => {
          const gauge = health[key];
          if (!gauge || gauge.limit === 0) return null; // a machine without swap
          const tone = toneOf(name, health.reasons);
          return <Meter key={key} name={name} gauge={gauge} unit={unit} tone={tone} />;
        })}
        {health.gpus.map((gpu, index) => (
          <GpuMeters key={index} gpu={gpu} title={gpuTitle(index, health.gpus.length)} />
        ))}
      </div>
      <HealthFacts health={health} />
    </div>
  );
}

function GpuMeters({ gpu, title }: { gpu: Health["gpus"][number]; title: string }): JSX.Element {
  const busy = { percent: gpu.percent, used: null, limit: null };
  return (
    <>
      <Meter name={title} gauge={busy} unit="bytes" detail={gpu.name} />
      {gpu.memory && <Meter name={`${title} mem.`} gauge={gpu.memory} unit="bytes" />}
    </>
  );
}

/** What has no meter; `isBrief`: nor a line of its own. */
export function HealthFacts({ health, isBrief = false }: { health: Health; isBrief?: boolean }): JSX.Element {
  return (
    <dl class="jpp-facts">
      {!isBrief && health.network && (
        <Row name="Network">
          {bytes(health.network.in)}/s in · {bytes(health.network.out)}/s out
        </Row>
      )}
      {health.load.length > 0 && (
        <Row name="Load average">{health.load.map((load) => load.toFixed(2)).join(" · ")}</Row>
      )}
      <Row name="Processes">{count(health.processes)}</Row>
      <Row name="Uptime">{duration(health.uptime_s)}</Row>
      {!isBrief && Object.entries(health.response_times).map(([way, latency]) => (
        <Row key={way} name={`${Object.hasOwn(WAYS, way) ? WAYS[way] : way} response`}>
          {latency.p50 === null
            ? "not measured yet"
            : `${milliseconds(latency.p50)} median · ${milliseconds(latency.p95)} p95`}
        </Row>
      ))}
      {!isBrief && <Row name="Event loop lag">{milliseconds(health.event_loop_lag)}</Row>}
    </dl>
  );
}
