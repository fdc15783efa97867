"""What the calls of the REST interface answer, beside what stands in ``wire`` and ``state``.

A handler answers with these types or, where a part below has made a dictionary already, with that;
``openapi.json`` is made from them, and a test holds every answer to it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .candidates import CandidateRow
from .state import RunState
from .wire import Activity, ModelSummary

Number = int | float


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Every error: what a person should know, a stable code, whether asking again can help."""

    message: str
    reason: str
    retryable: bool


class RunsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of runs; ``next`` is the next page's ``before``, ``total`` how many all pages have."""

    runs: list[RunState]
    next: str | None
    total: int


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """A word that runs can be found by, and how many runs have it."""

    name: str
    runs: int


class FacetsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What runs can be found by, of each the most frequent first."""

    statuses: list[Facet]
    tags: list[Facet]
    estimators: list[Facet]
    metrics: list[Facet]


class AnnouncedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A run that trains elsewhere: its token is told this once."""

    run_id: str
    token: str
    silence_s: float


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last sequence that is kept of a writer, and what people have asked of its run."""

    sequence: int
    asked: Literal["stop", "cancel"] | None
    asked_by: str


class MetricsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Series of a run: ``[step, value]`` in rising order of steps."""

    series: dict[str, list[list[float | None]]]


class CandidatesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A search's leaderboard, best first, and how many candidates there are so far."""

    candidates: list[CandidateRow]
    total: int


class OutputAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The last lines that a run's worker printed."""

    text: str


class RegisteredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The model version that a run's model is."""

    name: str
    version: int
    run_id: str


class ActivityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the feed, newest first; ``next`` is the next page's ``before``."""

    activity: list[Activity]
    next: int | None


class NoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The line of the feed that a note has become."""

    id: str
    time: str
    level: str
    kind: Literal["note"]
    text: str
    who: str
    run_id: str | None


class ModelsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The registered models."""

    models: list[ModelSummary]


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a model: the run that trained it, when, with which result."""

    version: int
    run_id: str | None
    time: str | None
    result: dict[str, Any] | None


class ModelInput(msgspec.Struct, frozen=True, kw_only=True):
    """A column that a model takes: its name, None in an array, and what stands in it."""

    name: str | None
    kind: Literal["number", "boolean", "datetime", "category", "any"]
    categories: list[Any] | msgspec.UnsetType = msgspec.UNSET


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One model: the version in service, the columns that it takes, all versions, oldest first.

    ``inputs`` describes the first of the columns, and ``input_count`` says how many there are; None
    where the version in service has no description of them.
    """

    name: str
    deployed: int | None
    deployed_time: str | None
    deployed_by: str
    columns: list[str] | None
    inputs: list[ModelInput] | None
    input_count: int | None
    versions: list[ModelVersion]


class DeployedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is in service now, what was before, and whether that is a change."""

    name: str
    deployed: int
    previous: int | None
    changed: bool


class PredictAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions; of a classifier that gives them also probabilities, in the order of classes."""

    model: str
    version: int
    predictions: list[Any]
    probabilities: list[Any] | msgspec.UnsetType = msgspec.UNSET
    classes: list[Any] | msgspec.UnsetType = msgspec.UNSET


class UploadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An upload that is kept."""

    id: str
    sha256: str
    size_bytes: int


class KnownDataset(msgspec.Struct, frozen=True, kw_only=True):
    """A data set that scikit-learn brings."""

    name: str
    rows: int
    columns: int
    task: str


class DatasetsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The data sets that a run can name."""

    datasets: list[KnownDataset]


class KnownEstimator(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """A classifier or regressor, with the defaults of its parameters."""

    class_: str
    task: str
    params: dict[str, Any]


class EstimatorsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The estimators that a run can name."""

    estimators: list[KnownEstimator]


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """How full something is; the limit is the container's where there is one."""

    percent: Number | None
    used: Number | None
    limit: Number | None


class Traffic(msgspec.Struct, frozen=True, kw_only=True, rename={"in_": "in"}):
    """Bytes a second over all interfaces but loopback."""

    in_: Number | None
    out: Number | None


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Median and 95th percentile, in seconds."""

    p50: Number | None
    p95: Number | None


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """A graphics card: how busy it is, and its memory; None where it does not tell."""

    name: str
    percent: Number | None
    memory: Gauge | None


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The machine at a moment, judged."""

    status: Literal["green", "yellow", "red"]
    reasons: list[str]
    remarks: list[str]
    time: str
    cpu: Gauge
    memory: Gauge
    swap: Gauge
    disk: Gauge
    network: Traffic
    load: list[Number]
    processes: int
    uptime_s: Number
    response_times: dict[str, Latency]
    event_loop_lag: Number | None
    gpus: list[Gpu]


class HealthHistoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The machine in the last minutes, oldest first."""

    samples: list[HealthAnswer]


class HealthColumnsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The same as columns: each figure's values, so many seconds after the first one's time."""

    since: str | None
    seconds: list[Number]
    figures: dict[str, list[Number | None]]
    gpus: list[str]
