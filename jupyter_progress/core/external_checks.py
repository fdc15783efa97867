"""How what a producer elsewhere says is checked before it is kept.

What it says is shown to people: texts are bounded, and what a terminal would obey is spelled out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from ..errors import InvalidRequest
from .events import VOLATILE, CandidateCompleted
from .external import (
    EVENTS_LIMIT,
    Activity,
    Completed,
    Ended,
    EventsRequest,
    ExternalRequest,
    Failed,
    Metrics,
    Progress,
    Result,
    SentEvent,
    Stage,
    StageBegun,
    StageDone,
    Started,
    Stopping,
    Use,
)
from .names import NOTES_LIMIT, check_label, check_lines, is_control, shorten
from .reading_requests import read_request
from .requests import check_tags
from .stages import STAGES_LIMIT, check_stage_ids, title_of
from .times import from_iso, to_iso

FACT_LIMIT_BYTES: Final = 256 << 10  # of a durable event: it is sent to every view
POINTS_LIMIT: Final = 20_000  # of one event
SERIES_LIMIT: Final = 1000
STEP_LIMIT: Final = 2**53
_MESSAGE_LIMIT: Final = 10_000
_TRACEBACK_LIMIT: Final = 100_000
_WRITER = re.compile(r"(?:remote-)?([a-z0-9]{1,32})", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)


def writer_of(text: str) -> str:
    """The journal's writer for what a producer calls itself: ``remote-<id>``.

    Raises
    ------
    InvalidRequest
        The text can be no part of a file's name.
    """
    found = _WRITER.fullmatch(text)
    if found is None:
        raise InvalidRequest(
            "writer", f"is {shorten(text, 60)!r}; expected 1-32 lower-case letters and digits"
        )
    return f"remote-{found[1]}"


def check_external_request(request: ExternalRequest) -> ExternalRequest:
    """Check what a run that trains elsewhere is announced with; returns it.

    Raises
    ------
    InvalidRequest
    """
    check_label("name", request.name)
    check_tags(request.tags)
    check_stage_ids("stages", request.stages)
    return request


def check_events(request: EventsRequest) -> EventsRequest:
    """Check what a producer sends, and bring it into the form in which it is journalled.

    Raises
    ------
    InvalidRequest
        The message names the field.
    """
    if len(request.events) > EVENTS_LIMIT:
        raise InvalidRequest(
            "events", f"has {len(request.events):,} entries; at most {EVENTS_LIMIT:,}"
        )
    return EventsRequest(
        writer=writer_of(request.writer),
        events=[check_event(index, event) for index, event in enumerate(request.events)],
    )


def check_event(index: int, event: SentEvent) -> SentEvent:
    """Check one event, and bring its facts into the form in which they are journalled.

    Parameters
    ----------
    index
        Its place in the request, for the message.

    Raises
    ------
    InvalidRequest
        The message names the field.
    """
    field = f"events[{index}]"
    if not 1 <= event.sequence <= STEP_LIMIT:
        raise InvalidRequest(
            f"{field}.sequence", f"is {event.sequence!r:.60}; expected 1 to {STEP_LIMIT:,}"
        )
    known = _KINDS.get(event.type)
    if known is None:
        expected = ", ".join(_KINDS)
        found = shorten(repr(event.type), 80)
        raise InvalidRequest(f"{field}.type", f"is {found}; expected one of: {expected}")
    kind, check = known
    try:
        facts = check(read_request(event.data, kind))
    except InvalidRequest as error:
        inner = f"{field}.data.{error.field}" if error.field else f"{field}.data"
        raise type(error)(inner, error.problem) from None
    if event.type not in VOLATILE:
        size_bytes = len(msgspec.json.encode(facts))
        if size_bytes > FACT_LIMIT_BYTES:
            raise InvalidRequest(
                f"{field}.data", f"has {size_bytes:,} bytes; at most {FACT_LIMIT_BYTES:,}"
            )
    return msgspec.structs.replace(event, time=_time(f"{field}.time", event.time), data=facts)


def _time(field: str, text: str) -> str:
    try:
        return to_iso(from_iso(text))
    except (ValueError, OverflowError, OSError):
        expected = "a time such as '2026-11-22T09:30:00.125Z'"
        found = shorten(repr(text), 60)
        raise InvalidRequest(field, f"is {found}; expected {expected}") from None


def _started(facts: Started) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if facts.name is not None:
        found["name"] = check_label("name", facts.name)
    if facts.stages is not None:
        stages = [stage if isinstance(stage, Stage) else Stage(id=stage) for stage in facts.stages]
        check_stage_ids("stages", [stage.id for stage in stages])
        found["stages"] = planned(stages)
    return found


def planned(stages: list[Stage]) -> list[dict[str, Any]]:
    """Stages as ``training_started`` tells them."""
    told: list[dict[str, Any]] = []
    for index, stage in enumerate(stages):
        if stage.title is not None:
            check_label(f"stages[{index}].title", stage.title)
        _check_figure(f"stages[{index}].estimated_s", stage.estimated_s, 0.0)
        for bound in stage.estimated_range or ():
            _check_figure(f"stages[{index}].estimated_range", bound, 0.0)
        told.append(
            {
                "id": stage.id,
                "title": stage.title or title_of(stage.id),
                "estimated_s": stage.estimated_s,
                "estimated_range": stage.estimated_range,
            }
        )
    return told


def _stopping(facts: Stopping) -> dict[str, Any]:
    _check_who(facts.who)
    return msgspec.structs.asdict(facts)


def _stage(facts: StageBegun) -> dict[str, Any]:
    check_label("stage", facts.stage)
    if facts.title:
        check_label("title", facts.title)
    if not 0 <= facts.index <= STAGES_LIMIT * 10:
        raise InvalidRequest("index", f"is {facts.index}; expected a stage's place, from 0")
    _check_figure("estimated_s", facts.estimated_s, 0.0)
    if isinstance(facts, StageDone):
        _check_figure("elapsed_s", facts.elapsed_s, 0.0)
        _check_figure("progress", facts.progress, 0.0, 100.0)
        _check_figure("elapsed_time", facts.elapsed_time, 0.0)
        _check_figures("metrics", facts.metrics)
    return msgspec.structs.asdict(facts)


def _candidate(facts: CandidateCompleted) -> dict[str, Any]:
    _check_figure("candidate", facts.candidate, 0, STEP_LIMIT)
    for index, score in enumerate(facts.scores):
        _check_figure(f"scores[{index}]", score)
    return dict(msgspec.to_builtins(facts))


def _completed(facts: Completed) -> dict[str, Any]:
    try:
        read_request(facts.result, Result)
    except InvalidRequest as error:
        inner = f"result.{error.field}" if error.field else "result"
        raise type(error)(inner, error.problem) from None
    _check_figure("elapsed_time", facts.elapsed_time, 0.0)
    return {"result": {"stopped": False, **facts.result}, "elapsed_time": facts.elapsed_time}


def _failed(facts: Failed) -> dict[str, Any]:
    error = facts.error
    check_label("error.type", error.type)
    if error.stage is not None:
        check_label("error.stage", error.stage)
    if not _CODE.fullmatch(error.reason):
        raise InvalidRequest(
            "error.reason", "expected a code of lower-case letters, digits and '_'"
        )
    _check_figure("elapsed_time", facts.elapsed_time, 0.0)
    told = {
        "type": error.type,
        "message": _bounded("error.message", error.message, _MESSAGE_LIMIT),
        "stage": error.stage,
        "traceback": _bounded("error.traceback", error.traceback, _TRACEBACK_LIMIT),
        "reason": error.reason,
        "hint": _bounded("error.hint", error.hint, _MESSAGE_LIMIT),
    }
    return {"error": told, "elapsed_time": facts.elapsed_time}


def _ended(facts: Ended) -> dict[str, Any]:
    if facts.stage is not None:
        check_label("stage", facts.stage)
    _check_figure("elapsed_time", facts.elapsed_time, 0.0)
    _check_who(facts.who)
    return msgspec.structs.asdict(facts)


def _activity(facts: Activity) -> dict[str, Any]:
    if facts.kind not in FEED_KINDS:
        expected = ", ".join(sorted(FEED_KINDS))
        raise InvalidRequest("kind", f"is {shorten(facts.kind, 60)!r}; expected one of: {expected}")
    text = _bounded("text", facts.text, NOTES_LIMIT)
    if not text.strip():
        raise InvalidRequest("text", "is empty; expected some text")
    _check_who(facts.who)
    return {"level": facts.level, "kind": facts.kind, "text": text, "who": facts.who}


def _metrics(facts: Metrics) -> dict[str, Any]:
    if len(facts.series) > SERIES_LIMIT:
        raise InvalidRequest("series", f"has {len(facts.series)} names; at most {SERIES_LIMIT}")
    count = sum(map(len, facts.series.values()))
    if count > POINTS_LIMIT:
        raise InvalidRequest("series", f"has {count:,} points; at most {POINTS_LIMIT:,} an event")
    for name, points in facts.series.items():
        check_label("series", name)
        # Values are finite: they come from JSON. Steps by the dozen thousand, so none one by one.
        steps = [step for step, _value in points]
        for step in (min(steps), max(steps)) if steps else ():
            index = steps.index(step)
            _check_figure(f"series.{name}[{index}][0]", step, -STEP_LIMIT, STEP_LIMIT)
    return {"series": facts.series}


def _progress(facts: Progress) -> dict[str, Any]:
    if facts.stage is not None:
        check_label("stage", facts.stage)
    _check_figure("stage_progress", facts.stage_progress, 0.0, 100.0)
    _check_figure("live_accuracy", facts.live_accuracy, 0.0, 1.0)
    _check_figure("throughput", facts.throughput, 0.0)
    for name in ("step", "total_steps", "predictions_processed"):
        _check_figure(name, getattr(facts, name), 0, STEP_LIMIT)
    if facts.live_score is not None:
        check_label("live_score.name", facts.live_score.name)
        _check_figure("live_score.value", facts.live_score.value)
    for name, used in msgspec.structs.asdict(facts.resources or Use()).items():
        _check_figure(f"resources.{name}", used, 0, 2**63)
    said = dict(msgspec.to_builtins(facts))
    return {name: value for name, value in said.items() if value is not None}


def _check_who(who: str) -> None:
    if who:
        check_label("who", who)


def _check_figures(field: str, figures: dict[str, float | None]) -> None:
    if len(figures) > SERIES_LIMIT:
        raise InvalidRequest(field, f"has {len(figures)} entries; at most {SERIES_LIMIT}")
    for name, value in figures.items():
        check_label(field, name)
        _check_figure(f"{field}.{name}", value)


def _check_figure(
    field: str, value: float | None, least: float = -math.inf, most: float = math.inf
) -> None:
    if value is not None and not (least <= value <= most and abs(value) < math.inf):
        bounds = "" if least == -math.inf else f" from {_told(least)}"
        bounds += "" if most == math.inf else f" to {_told(most)}"
        raise InvalidRequest(field, f"is {value!r:.60}; expected a number{bounds}")


def _told(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


def _bounded(field: str, text: str, limit: int) -> str:
    """A text of several lines; what a terminal would obey, as programs print it, spelled out."""
    if len(text) > limit:
        raise InvalidRequest(field, f"has {len(text):,} characters; at most {limit:,} are allowed")
    spelled = [
        repr(character)[1:-1] if is_control(character) and character not in "\n\r\t" else character
        for character in text
    ]
    return check_lines(field, "".join(spelled))


_KINDS: Final[dict[str, tuple[type[msgspec.Struct], Callable[[Any], dict[str, Any]]]]] = {
    "training_started": (Started, _started),
    "training_resumed": (Started, _started),
    "training_stopping": (Stopping, _stopping),
    "training_completed": (Completed, _completed),
    "training_failed": (Failed, _failed),
    "training_cancelled": (Ended, _ended),
    "training_interrupted": (Ended, _ended),
    "stage_started": (StageBegun, _stage),
    "stage_completed": (StageDone, _stage),
    "candidate_completed": (CandidateCompleted, _candidate),
    "activity_update": (Activity, _activity),
    "metrics_appended": (Metrics, _metrics),
    "training_progress": (Progress, _progress),
}
FEED_KINDS: Final = frozenset(
    {*_KINDS, "note", "data_finding"} - {"activity_update", "metrics_appended", "training_progress"}
)
