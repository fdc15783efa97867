/**
 * How a view stays connected to the server: socket, polling, socket. Pure: inputs in, commands out.
 *
 * The socket is tried first. While it is down, `GET events` is asked once a second, and the socket
 * again and again: within a second (full jitter) while REST answers, ever more rarely while it does
 * not, and at once when REST comes back. An attempt without `hello` after 1.5 s is dropped. After a
 * minute without any answer `GET events`, too, is asked more rarely: whoever waits has "Try now".
 */

export type Way = "connecting" | "live" | "polling" | "offline" | "denied" | "absent";

export const HELLO_WITHIN_MS = 1500;
export const POLL_EVERY_MS = 1000;
export const POLL_RARELY_MS = 5000;
const LONG_AWAY_MS = 60_000;
export const SILENT_BEATS = 2.5;
const POLLED_FRESH_MS = 3500;
const ABSENT_AGAIN_MS = 5000;
const LONGEST_WAIT_MS = 30_000;
/** Codes after which a socket is not tried again; polling goes on. */
const SOCKET_IS_OVER: ReadonlySet<number> = new Set([4501, 4502, 1009]);
const PERMISSION_WITHDRAWN = 4500;

export type Timer = "hello" | "attempt" | "silence" | "poll";

const NEXT_TRIES = { attempt: true, poll: true };

export type Input =
  | { kind: "start" }
  | { kind: "hello"; heartbeatMs: number }
  | { kind: "heard" }
  | { kind: "gap" }
  | { kind: "closed"; code: number }
  | { kind: "polled"; hasMore: boolean }
  | { kind: "poll_failed"; status: number }
  | { kind: "woke"; timer: Timer }
  /** The page was shown again, or the network came back: whatever waits is tried now. */
  | { kind: "hint" };

export type Command =
  | { kind: "open_socket" }
  | { kind: "drop_socket" }
  | { kind: "poll" }
  | { kind: "drop_poll" }
  | { kind: "wake"; timer: Timer; inMs: number };

export interface ConnectionState {
  socket: "closed" | "opening" | "joined" | "over";
  isPolling: boolean;
  refusal: "denied" | "absent" | null;
  restAnswers: boolean | null;
  attempts: number;
  heartbeatMs: number;
  heardAt: number;
  polledAt: number;
  startedAt: number;
  /** When each timer that was set is due. */
  due: Readonly<Partial<Record<Timer, number>>>;
  /** When the socket or REST was last asked, and how long that was waited for. */
  triedAt: number;
  waitedMs: number;
}

export const NEW_CONNECTION: ConnectionState = {
  socket: "closed",
  isPolling: false,
  refusal: null,
  restAnswers: null,
  attempts: 0,
  heartbeatMs: 1000,
  heardAt: -Infinity,
  polledAt: -Infinity,
  startedAt: 0,
  due: {},
  triedAt: -Infinity,
  waitedMs: 0,
};

export interface Step {
  state: ConnectionState;
  commands: Command[];
}

/** How the view is fed at a moment. */
export function wayOf(state: ConnectionState, now: number): Way {
  if (state.refusal) return state.refusal;
  const silence = SILENT_BEATS * state.heartbeatMs;
  if (state.socket === "joined" && now - state.heardAt <= silence) return "live";
  if (now - state.polledAt <= POLLED_FRESH_MS) return "polling";
  const isNew = state.heardAt === -Infinity && state.polledAt === -Infinity;
  const isUndecided = state.restAnswers === null && now - state.startedAt < 2 * HELLO_WITHIN_MS;
  return isNew && isUndecided ? "connecting" : "offline";
}

/** What is done about a connection that is down. */
export interface Retry {
  /** When the next attempt begins, in the clock of the steps; null: one is under way. */
  at: number | null;
  /** When the attempt under way began, or the last one. */
  triedAt: number;
  /** From the end of the last attempt to the next. */
  waitMs: number;
}

/** The attempts at a connection that brings nothing; null while it brings something. */
export function retryOf(state: ConnectionState, now: number): Retry | null {
  const way = wayOf(state, now);
  if (way === "live" || way === "polling") return null;
  const { triedAt, waitedMs: waitMs } = state;
  if (state.isPolling || state.socket === "opening") return { at: null, triedAt, waitMs };
  const at = nextAt(state);
  return Number.isFinite(at) ? { at, triedAt, waitMs } : null;
}

/** When the next timer is due that asks for something; Infinity: none is. */
function nextAt({ socket, refusal, due }: Pick<ConnectionState, "socket" | "refusal" | "due">): number {
  const opens = socket === "closed" && !refusal ? due.attempt : undefined;
  return Math.min(opens ?? Infinity, due.poll ?? Infinity);
}

/**
 * Take one input.
 *
 * `now` is in milliseconds of a clock that does not go back; `random` is in [0, 1).
 */
export function step(state: ConnectionState, input: Input, now: number, random: number): Step {
  const next = taken(state, input, now, random);
  return { ...next, state: { ...next.state, ...timesAfter(next, input, now) } };
}

/** When what waits is due, and when something was last tried. */
function timesAfter(
  { state, commands }: Step,
  input: Input,
  now: number,
): Pick<ConnectionState, "due" | "triedAt" | "waitedMs"> {
  const { triedAt, waitedMs } = state;
  const due = { ...state.due };
  if (input.kind === "woke") delete due[input.timer];
  for (const command of commands) {
    if (command.kind === "wake") due[command.timer] = now + command.inMs;
  }
  const isTried = commands.some(({ kind }) => kind === "poll" || kind === "open_socket");
  if (isTried) return { due, triedAt: now, waitedMs };
  const isPlanned = commands.some((command) => command.kind === "wake" && command.timer in NEXT_TRIES);
  const nextMs = nextAt({ ...state, due }) - now;
  return { due, triedAt, waitedMs: isPlanned ? Math.max(0, nextMs) : waitedMs };
}

function taken(state: ConnectionState, input: Input, now: number, random: number): Step {
  switch (input.kind) {
    case "start":
      return opening({ ...state, startedAt: now });
    case "hello":
      return joined(state, input.heartbeatMs, now);
    case "heard":
      return { state: { ...state, heardAt: now }, commands: [] };
    case "gap":
      return state.socket === "joined" ? reopened(state) : { state, commands: [] };
    case "closed":
      return closed(state, input.code, random);
    case "polled":
      return polled(state, input.hasMore, now);
    case "poll_failed":
      return pollFailed(state, input.status, now);
    case "woke":
      return woke(state, input.timer, now, random);
    case "hint":
      return hinted(state, now);
  }
}

function opening(state: ConnectionState): Step {
  return {
    state: { ...state, socket: "opening", attempts: state.attempts + 1 },
    commands: [{ kind: "open_socket" }, { kind: "wake", timer: "hello", inMs: HELLO_WITHIN_MS }],
  };
}

function reopened(state: ConnectionState): Step {
  const next = opening({ ...state, attempts: 0 });
  return { state: next.state, commands: [{ kind: "drop_socket" }, ...next.commands] };
}

function joined(state: ConnectionState, heartbeatMs: number, now: number): Step {
  const at: ConnectionState = {
    ...state,
    socket: "joined",
    isPolling: false,
    refusal: null,
    attempts: 0,
    heartbeatMs,
    heardAt: now,
  };
  const commands: Command[] = state.isPolling ? [{ kind: "drop_poll" }] : [];
  commands.push({ kind: "wake", timer: "silence", inMs: SILENT_BEATS * heartbeatMs });
  return { state: at, commands };
}

function closed(state: ConnectionState, code: number, random: number): Step {
  if (code === PERMISSION_WITHDRAWN) {
    return { state: { ...state, socket: "over", refusal: "denied" }, commands: [] };
  }
  const isOver = SOCKET_IS_OVER.has(code);
  const wasJoined = state.socket === "joined";
  const at: ConnectionState = { ...state, socket: isOver ? "over" : "closed" };
  const waited = withPoll(at);
  if (isOver) return waited;
  const inMs = wasJoined ? random * 100 : attemptIn(at, random);
  return {
    state: waited.state,
    commands: [...waited.commands, { kind: "wake", timer: "attempt", inMs }],
  };
}

/** Full jitter: anything up to a bound that grows while nothing answers. */
function attemptIn(state: ConnectionState, random: number): number {
  const grown = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.max(0, state.attempts - 1));
  const bound = state.restAnswers === false ? grown : 1000;
  return random * bound;
}

function withPoll(state: ConnectionState): Step {
  if (state.isPolling) return { state, commands: [] };
  return { state: { ...state, isPolling: true }, commands: [{ kind: "poll" }] };
}

function polled(state: ConnectionState, hasMore: boolean, now: number): Step {
  const isBack = state.restAnswers === false;
  const at: ConnectionState = {
    ...state,
    isPolling: false,
    restAnswers: true,
    refusal: null,
    polledAt: now,
  };
  if (at.socket === "joined") return { state: at, commands: [] };
  if (hasMore) return withPoll(at);
  const again: Command = { kind: "wake", timer: "poll", inMs: POLL_EVERY_MS };
  if (!isBack || at.socket !== "closed") return { state: at, commands: [again] };
  const next = opening({ ...at, attempts: 0 });
  return { state: next.state, commands: [...next.commands, again] };
}

function pollFailed(state: ConnectionState, status: number, now: number): Step {
  const refusal =
    status === 401 || status === 403 ? "denied" : status === 404 ? "absent" : null;
  const at: ConnectionState = { ...state, isPolling: false, restAnswers: false, refusal };
  if (at.socket === "joined") return { state: { ...at, refusal: null }, commands: [] };
  const heardAt = Math.max(state.heardAt, state.polledAt, state.startedAt);
  const againMs = now - heardAt > LONG_AWAY_MS ? POLL_RARELY_MS : POLL_EVERY_MS;
  const inMs = refusal ? ABSENT_AGAIN_MS : againMs;
  return { state: at, commands: [{ kind: "wake", timer: "poll", inMs }] };
}

function woke(state: ConnectionState, timer: Timer, now: number, random: number): Step {
  const nothing: Step = { state, commands: [] };
  switch (timer) {
    case "hello": {
      if (state.socket !== "opening") return nothing;
      const next = closed(state, 1006, random);
      return { state: next.state, commands: [{ kind: "drop_socket" }, ...next.commands] };
    }
    case "attempt":
      return state.socket === "closed" && !state.refusal ? opening(state) : nothing;
    case "silence": {
      if (state.socket !== "joined") return nothing;
      const leftMs = state.heardAt + SILENT_BEATS * state.heartbeatMs - now;
      if (leftMs > 0) return { state, commands: [{ kind: "wake", timer, inMs: leftMs }] };
      const next = reopened(state);
      const asking = withPoll(next.state);
      return { state: asking.state, commands: [...next.commands, ...asking.commands] };
    }
    case "poll":
      return state.socket === "joined" ? nothing : withPoll(state);
  }
}

function hinted(state: ConnectionState, now: number): Step {
  if (state.socket === "joined") return woke(state, "silence", now, 0);
  const asking = withPoll(state);
  if (state.socket !== "closed" || state.refusal) return asking;
  const next = opening({ ...asking.state, attempts: 0 });
  return { state: next.state, commands: [...asking.commands, ...next.commands] };
}
