"""What a producer that shares no disk may say of its run: the types of its requests and facts.

It speaks for one run and no more, so that each fact is read into a type that knows its keys. How
their values are checked stands in ``external_checks``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from .field_kinds import Label, Tags
from .stages import STAGES_LIMIT

EVENTS_LIMIT: Final = 2000  # in one request

Level = Literal["info", "success", "warning", "error"]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A type whose keys are all known."""


class ExternalRequest(Strict, frozen=True):
    """The body of ``POST runs`` for a run that trains elsewhere."""

    kind: Literal["external"]
    name: Label
    stages: Annotated[
        list[Label],
        msgspec.Meta(extra_json_schema={"maxItems": STAGES_LIMIT, "uniqueItems": True}),
    ] = []
    tags: Tags = []


class SentEvent(Strict, frozen=True):
    """One event as its producer sends it."""

    sequence: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 1})]
    type: str
    time: str
    data: dict[str, Any] = {}


class EventsRequest(Strict, frozen=True):
    """The body of ``POST runs/{id}/events``; without an event, a sign of life."""

    writer: Annotated[
        str, msgspec.Meta(extra_json_schema={"pattern": "^(remote-)?[a-z0-9]{1,32}$"})
    ]
    events: Annotated[
        list[SentEvent], msgspec.Meta(extra_json_schema={"maxItems": EVENTS_LIMIT})
    ] = []


class Stage(Strict, frozen=True):
    """A stage that the run is going to go through."""

    id: str
    title: str | None = None
    estimated_s: float | None = None
    estimated_range: tuple[float, float] | None = None


class Started(Strict, frozen=True):
    """``training_started``, ``training_resumed``; what is left out is as it was announced."""

    name: str | None = None
    stages: list[Stage | str] | None = None


class Stopping(Strict, frozen=True):
    """``training_stopping``: asked for where the run trains."""

    action: Literal["stop", "cancel"]
    who: str = ""


class StageBegun(Strict, frozen=True):
    """``stage_started``."""

    stage: str
    title: str = ""
    index: int = 0
    estimated_s: float | None = None


class StageDone(StageBegun, frozen=True):
    """``stage_completed``."""

    elapsed_s: float = 0.0
    progress: float = 100.0
    elapsed_time: float = 0.0
    metrics: dict[str, float | None] = {}


class Completed(Strict, frozen=True):
    """``training_completed``."""

    result: dict[str, Any] = {}
    elapsed_time: float = 0.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of a result that views know; there may be others."""

    test: dict[str, float | None] | None = None
    metrics: dict[str, float | None] | None = None
    rows: dict[str, int | None] | None = None
    confusion_matrix: list[list[float]] | None = None
    classes: list[str | int | float | bool] | None = None
    split: dict[str, Any] | None = None
    stopped: bool = False
    model: None = None


class Failure(Strict, frozen=True):
    """Why it failed."""

    type: str
    message: str
    stage: str | None = None
    traceback: str = ""
    reason: str = "training_error"
    hint: str = ""


class Failed(Strict, frozen=True):
    """``training_failed``."""

    error: Failure
    elapsed_time: float | None = None


class Ended(Strict, frozen=True):
    """``training_cancelled``, ``training_interrupted``."""

    stage: str | None = None
    elapsed_time: float | None = None
    who: str = ""


class Activity(Strict, frozen=True):
    """``activity_update``; its id is the server's to give."""

    level: Level
    kind: str
    text: str
    who: str = ""
    id: str = ""


class Metrics(Strict, frozen=True):
    """``metrics_appended``."""

    # Whole steps stay whole: as a float 2**53 + 1 would be 2**53.
    series: dict[str, list[tuple[int | float, float | None]]]


class Score(Strict, frozen=True):
    """A live score."""

    name: str
    value: float | None


class Use(Strict, frozen=True):
    """What the producer's process uses."""

    cpu: float | None = None
    memory: int | None = None
    peak_memory: int | None = None
    limit: int | None = None


class Progress(Strict, frozen=True):
    """``training_progress``: what is left out stays as it was."""

    stage: str | None = None
    stage_progress: float | None = None
    step: int | None = None
    total_steps: int | None = None
    live_accuracy: float | None = None
    live_score: Score | None = None
    predictions_processed: int | None = None
    throughput: float | None = None
    resources: Use | None = None
