"""A view, a stream and polling that break in any order: what is shown is a prefix of the log."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jupyter_progress.core.events import Event
from jupyter_progress.core.progress import apply_report
from jupyter_progress.core.reduce import reduce
from jupyter_progress.core.state import RunState, newest_first
from jupyter_progress.core.times import to_iso
from jupyter_progress.core.transitions import TRANSITIONS, has_ended, status_after
from jupyter_progress.core.view import Applied, View
from jupyter_progress.core.wire import Message, activity_of, first_revision

from .conftest import SEED
from .invariant import Logged, Prefixes, durable_part

# Of one number each: Hypothesis ends an example that draws too much.
DRAWN = st.integers(0, 1 << 32).map(random.Random)
RUNS = tuple(f"20260921-130000-{number:08x}" for number in range(60))
STAGES = [{"id": "load", "title": "Load"}, {"id": "fit", "title": "Fit"}]
ERROR = {"type": "ValueError", "message": "no"}
FACTS: dict[str, dict[str, Any]] = {
    "training_queued": {"name": "digits"},
    "training_started": {"name": "digits", "stages": STAGES},
    "training_resuming": {"attempt": 2, "who": "ada"},
    "training_resumed": {"name": "digits", "stages": STAGES},
    "training_stalled": {"since": "2026-09-22T00:00:00Z", "quiet_s": 60.0, "likely_s": 5.0},
    "training_recovered": {"quiet_s": 61.0},
    "training_stopping": {"action": "stop"},
    "stage_started": {"stage": "fit"},
    "stage_completed": {"stage": "fit", "elapsed_s": 1.0},
    "fold_completed": {"candidate": 0, "fold": 0, "score": 0.5},
    "candidate_completed": {"candidate": 0, "mean": 0.5},
    "training_completed": {"result": {"test": {"accuracy": 0.9}}, "elapsed_time": 2.0},
    "training_failed": {"error": ERROR, "resumable": True},
    "training_cancelled": {},
    "training_interrupted": {"resumable": True},
    "run_updated": {"name": "other", "tags": ["x"]},
    "activity_update": {"id": "a", "level": "info", "kind": "note", "text": "t"},
    "model_registered": {"name": "digits", "version": 1},
}


class Following(RuleBasedStateMachine):
    """A server by the pure parts alone, and one view that hears it over two ways at once."""

    def __init__(self) -> None:
        super().__init__()
        self.openings = 0
        self.logs: dict[str, Logged] = {}
        self.prefixes: dict[str, Prefixes] = {}
        self.begin_log()
        self.view = View()
        self.ways: list[list[tuple[str, Message]]] = [
            [],
            [],
        ]  # sent and not heard yet: stream, polling
        self.is_open = False
        self.heard: dict[tuple[str | None, str], int] = {}

    def begin_log(self) -> None:
        """A log that is made again has another identity, and its own offsets."""
        self.log_id = f"log-{len(self.logs)}"
        self.events: list[Event] = []
        self.states: dict[str, RunState] = {}
        self.logs[self.log_id] = Logged(self.log_id, self.events, self.states, {}, frozenset())
        self.prefixes[self.log_id] = Prefixes(self.logs[self.log_id])
        self.open_log()

    def open_log(self) -> None:
        self.openings += 1
        self.revision = first_revision(self.openings)
        self.is_open = False

    # -- what happens at the server

    @rule(where=DRAWN, count=st.integers(1, 40))
    def go_on(self, where: random.Random, count: int) -> None:
        """Events as they come, most of them such as the table allows, and reports between."""
        for _ in range(count):
            if where.random() < 0.3:
                self.ask(where.randrange(2))
            if where.random() < 0.3:
                self.hear(where.randrange(2), where.randrange(6))
            if where.random() < 0.1:
                self.break_way(where, where.choice(["cut", "lose", "repeat"]))
            ended = {key for key, known in self.states.items() if has_ended(known.status)}
            going_on = [run_id for run_id in RUNS if run_id not in ended][:3] or list(RUNS)
            run_id = where.choice(going_on if where.random() < 0.9 else RUNS)
            known = self.states.get(run_id)
            status = known.status if known else None
            allowed = [kind for before, kind in TRANSITIONS if before == status]
            goes_on = [kind for kind in allowed if not has_ended(TRANSITIONS[status, kind])]
            of = where.choice([allowed, goes_on, goes_on, sorted(FACTS)]) or sorted(FACTS)
            self.happen(run_id, where.choice(of))
            self.report(where.choice(going_on), where.uniform(0, 100))

    def happen(self, run_id: str, kind: str) -> None:
        offset = len(self.events) + 1
        facts = {**FACTS[kind], "id": f"a{offset}"} if kind == "activity_update" else FACTS[kind]
        event = Event(
            type=kind, time=to_iso(1_790_000_000.0 + offset), data=facts, run_id=run_id,
            offset=offset,
        )  # fmt: skip
        self.events.append(event)
        after = reduce(self.states.get(run_id), event)
        if after is not None:
            self.states[run_id] = after
        self.send(_message(event))

    def report(self, run_id: str, share: float) -> None:
        known = self.states.get(run_id)
        if known is None or has_ended(known.status):
            return
        time = to_iso(1_790_000_000.0 + len(self.events))
        self.states[run_id] = apply_report(known, {"stage_progress": share}, time)
        self.revision += 1
        self.send(
            Message(
                type="training_progress", run_id=run_id, time=time, after=len(self.events),
                revision=self.revision, data=msgspec.to_builtins(self.states[run_id]),
            )
        )  # fmt: skip

    def send(self, message: Message) -> None:
        if self.is_open:
            self.ways[0].append((self.log_id, message))

    @rule(loses_log=st.integers(0, 5).map(lambda drawn: drawn == 5))
    def restart_server(self, loses_log: bool) -> None:
        if loses_log:
            self.begin_log()
        else:
            self.open_log()

    # -- what happens on the way

    @rule(way=st.sampled_from([0, 1]))
    def ask(self, way: int) -> None:
        """Open the stream, or poll: an answer may wait on its way while others arrive."""
        if way == 1:
            self.ways[1] += [(self.log_id, message) for message in self.answer()]
        elif not self.is_open:
            self.is_open = True
            self.ways[0] = [(self.log_id, message) for message in self.answer()]

    def answer(self) -> list[Message]:
        """What a server says to the view's position, as ``wire`` has it."""
        is_known = self.view.has_state and self.view.log_id == self.log_id
        if is_known and self.view.offset <= len(self.events):
            return [_message(event) for event in self.events[self.view.offset :]]
        runs = newest_first(self.states.values())
        feed = [line for event in reversed(self.events) if (line := activity_of(event))]
        data = msgspec.to_builtins({"runs": runs, "activity": feed[:50]})
        offset = len(self.events)
        return [Message(type="snapshot", log_id=self.log_id, offset=offset, data=data)]

    @rule(way=st.sampled_from([0, 1]), count=st.integers(1, 40))
    def hear(self, way: int, count: int) -> None:
        while self.ways[way] and count > 0:
            count -= 1
            log_id, message = self.ways[way].pop(0)
            is_foreign = message.log_id is None and log_id != self.view.log_id
            if is_foreign or self.view.apply(message) is Applied.GAP:
                # Its channel is left, as followers do; what it would still have said is lost.
                self.ways[way].clear()
                self.is_open = self.is_open and way != 0
            elif message.type == "snapshot" and message.log_id != self.view.log_id:
                raise AssertionError("another log's snapshot was not taken")

    @rule(where=DRAWN, fate=st.sampled_from(["cut", "lose", "repeat"]))
    def break_way(self, where: random.Random, fate: str) -> None:
        """The rest never arrives; or single messages are lost, or come twice, unnoticed."""
        number = where.randrange(2)
        way = self.ways[number]
        if fate == "cut":
            del way[where.randrange(len(way) + 1) :]
            self.is_open = self.is_open and number != 0
        elif way and fate == "lose":
            way.pop(where.randrange(len(way)))
        elif way:
            place = where.randrange(len(way))
            way[place:place] = way[max(0, place - 3) : place]

    # -- what holds

    @invariant()
    def view_is_a_prefix(self) -> None:
        if self.view.has_state:
            fresh = Prefixes(self.logs[self.view.log_id])
            fresh.compare(self.view, "the view")

    @invariant()
    def nothing_volatile_goes_back(self) -> None:
        for key, revision in self.view._revisions.items():
            assert revision >= self.heard.get(key, -1) or self.view.log_id != self.log_id
        self.heard = dict(self.view._revisions)

    @rule()
    def in_the_end_all_is_known(self) -> None:
        self.ways = [[], []]
        self.is_open = False
        self.ask(0)
        self.hear(0, 10_000)
        assert (self.view.log_id, self.view.offset) == (self.log_id, len(self.events))
        for run_id, state in self.states.items():
            assert durable_part(self.view.runs[run_id]) == durable_part(state)


def _message(event: Event) -> Message:
    return Message(
        type=event.type, time=event.time, run_id=event.run_id, data=event.data, offset=event.offset
    )


def check(examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None
    )
    run_state_machine_as_test(seed(SEED)(Following), settings=chosen)


def test_whatever_the_ways_do_a_view_shows_a_prefix_of_the_log() -> None:
    check(examples=60, steps=30)


@pytest.mark.slow
def test_whatever_the_ways_do_at_length() -> None:
    check(examples=400, steps=50)


@pytest.mark.parametrize("status", [None, *sorted(set(TRANSITIONS.values()))])
def test_no_event_in_any_order_leaves_the_table(drawn: random.Random, status: str | None) -> None:
    for _ in range(40):
        state = None if status is None else RunState(run_id=RUNS[0], status=status)
        for offset in range(1, 30):
            kind = drawn.choice(sorted(FACTS))
            event = Event(
                type=kind, time=to_iso(1_790_000_000.0 + drawn.uniform(-1e5, 1e5)),
                data=FACTS[kind], run_id=RUNS[0], offset=offset,
            )  # fmt: skip
            before = state.status if state else None
            state = reduce(state, event)
            expected = status_after(before, kind) or before
            assert (state.status if state else None) == expected
            assert state is None or (state.elapsed_time or 0.0) >= 0.0
