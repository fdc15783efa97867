"""Every call of the interface: what it takes, what it answers, how it can be refused.

A test holds this table to the routes and the verbs of their handlers, another sends what it says,
and what it does not say, to a real server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from ...core import answers, external, functions, requests, run_query, wire
from ...core.activity import LEVELS
from ...core.names import MODEL_NAME, MODEL_NAME_LIMIT, PAGE_START, PAGE_START_LIMIT, RUN_ID
from ...core.state import RunState
from ...core.transitions import ACTIVE, ENDED
from ...errors import (
    ArtifactRefused,
    BodyTooLarge,
    CannotStop,
    Conflict,
    DiskFull,
    DoesNotFit,
    EstimatorNotAllowed,
    FileNotReadable,
    InvalidParameter,
    MalformedBody,
    NoModel,
    NothingToKeep,
    NothingToSkip,
    NotResumable,
    PathNotAllowed,
    ProgressError,
    RunGoingOn,
    RunHasEnded,
    RunNotFinished,
    ServingFailed,
    ShuttingDown,
    TooManyStreams,
    Unavailable,
    UnknownColumn,
    UnknownDataset,
    UnknownEstimator,
    UnknownModel,
    UnknownRun,
    UnknownUpload,
    UnsuitableData,
    UnsuitableEstimator,
)
from ...training.uploads import FORMATS
from ..handlers import activity, query, run_parts, runs, searches, status

Schema = dict[str, Any]
Errors = tuple[type[ProgressError], ...]
BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Parameter:
    """A key of the query, or a header."""

    name: str
    schema: Schema
    meaning: str
    place: Literal["query", "header"] = "query"
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    """One call.

    Parameters
    ----------
    path
        Below ``api/v1/``, with ``{run_id}``, ``{name}`` and ``{version}`` in it.
    needs
        The permission on ``jupyter_progress``.
    body
        The type of the JSON body (or one of several), or the media type of another one.
    answer
        The type of the JSON answer (or one of several), or the media type of another one; None: no
        content.
    errors
        What it can be refused with, beside what every call can.
    """

    method: str
    path: str
    needs: Literal["read", "write", "execute"]
    summary: str
    answer: type[msgspec.Struct] | tuple[type[msgspec.Struct], ...] | str | None
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    body: type[msgspec.Struct] | tuple[type[msgspec.Struct], ...] | str | None = None
    is_body_optional: bool = False
    errors: Errors = ()


PATH_PARAMETERS: dict[str, tuple[Schema, str]] = {
    "run_id": ({"type": "string", "pattern": f"^{RUN_ID.pattern}$"}, "a run's id"),
    "name": (
        {"type": "string", "maxLength": MODEL_NAME_LIMIT, "pattern": f"^{MODEL_NAME.pattern}$"},
        "a model's name",
    ),
    "version": ({"type": "integer", "minimum": 1, "maximum": 999_999_999}, "from 1"),
}
BODY: Errors = (MalformedBody, BodyTooLarge)
CHECKED: Errors = (
    UnknownDataset, FileNotReadable, PathNotAllowed, UnknownColumn, UnsuitableData, UnknownUpload,
    UnknownEstimator, EstimatorNotAllowed, UnsuitableEstimator, InvalidParameter, DoesNotFit,
)  # fmt: skip


def _whole(name: str, low: int, high: int, default: int | None, meaning: str) -> Parameter:
    schema: Schema = {"type": "integer", "minimum": low, "maximum": high}
    return Parameter(name, schema if default is None else {**schema, "default": default}, meaning)


def _text(name: str, limit: int, meaning: str, **more: Any) -> Parameter:
    return Parameter(name, {"type": "string", "maxLength": limit, **more}, meaning)


def _several(name: str, item: Schema, meaning: str) -> Parameter:
    """A key that may be there several times."""
    items = {"type": "string", **item}
    schema: Schema = {"type": "array", "items": items, "maxItems": run_query.VALUES_MOST}
    return Parameter(name, schema, meaning)


def _choice(name: str, choices: Any, meaning: str) -> Parameter:
    return Parameter(name, {"type": "string", "enum": sorted(choices)}, meaning)


POSITION = (
    _text("log_id", query.TEXT_LIMIT, "the log that `since` is a place in; the present one"),
    Parameter(
        "since",
        {"type": "integer", "minimum": 0},
        "the offset after which to go on; left out, or one that the log does not have: a snapshot",
    ),
)

READING: tuple[Operation, ...] = (
    Operation("GET", "status", "read", "The state of everything, at an offset.", wire.Snapshot),
    Operation(
        "GET", "events", "read", "The events after an offset, or a snapshot.", wire.EventsAnswer,
        parameters=(
            *POSITION,
            _whole("limit", 1, status.MAX_EVENTS, status.DEFAULT_EVENTS, "how many at most"),
        ),
    ),
    Operation(
        "GET", "stream", "read",
        "A WebSocket: each frame is a JSON array of messages, the first of them `hello`.", None,
        status=101, parameters=POSITION, errors=(TooManyStreams, Unavailable),
    ),
    Operation(
        "GET", "health", "read", "The machine now.", answers.HealthAnswer, errors=(Unavailable,)
    ),
    Operation(
        "GET", "health/history", "read", "The machine in the last minutes.",
        (answers.HealthHistoryAnswer, answers.HealthColumnsAnswer),
        parameters=(
            _choice("form", status.FORMS, "whole samples, by default, or a list a figure"),
            Parameter(
                "minutes",
                {"type": "number", "minimum": 0, "maximum": status.MAX_MINUTES, "default": 60},
                "how far back",
            ),
        ),
    ),
    Operation(
        "GET", "activity", "read", "The feed, newest first.", answers.ActivityAnswer,
        parameters=(
            _choice("level", LEVELS, "only lines of this level"),
            _text("kind", activity.KIND_LIMIT, "only lines of this kind"),
            _text("words", activity.WORDS_LIMIT, "only lines that hold all of these words"),
            Parameter("run_id", PATH_PARAMETERS["run_id"][0], "only lines about this run"),
            _whole("limit", 1, activity.MAX_PAGE, activity.PAGE, "how many at most"),
            _whole("before", 1, query.MAX_WHOLE, None, "the `next` of the page before"),
        ),
        errors=(UnknownRun,),
    ),
    Operation(
        "GET", "runs", "read", "The runs: all, or those that fit; newest first, or in an order.",
        answers.RunsAnswer,
        parameters=(
            _text("q", run_query.WORDS_LIMIT, "words in the name, id, tags or estimator"),
            _several("status", {"enum": sorted(ACTIVE | ENDED)}, "only runs of one of these"),
            _several("tag", {"maxLength": query.TEXT_LIMIT}, "only runs with all of these"),
            _several(
                "estimator", {"minLength": 1, "maxLength": query.TEXT_LIMIT},
                "only runs of one of these classes",
            ),
            _several(
                "metric",
                {"pattern": f"^{run_query.BOUND.pattern}$", "maxLength": run_query.BOUND_LIMIT},
                "only runs with all of these, such as `test.accuracy>0.9` or `metrics.loss<=0.2`",
            ),
            _text(
                "sort", query.TEXT_LIMIT, "`newest`, `oldest`, or by what; `-` turns the order",
                pattern=f"^(?:{run_query.SORT.pattern})$", default="newest",
            ),
            _whole("limit", 1, runs.MAX_PAGE, runs.PAGE, "how many at most"),
            _text(
                "before", PAGE_START_LIMIT, "the `next` of the page before",
                pattern=f"^{PAGE_START.pattern}$",
            ),
        ),
    ),
    Operation(
        "GET", "facets", "read", "What runs can be found by, and how many runs have it.",
        answers.FacetsAnswer,
    ),
    Operation("GET", "runs/{run_id}", "read", "One run.", RunState, errors=(UnknownRun,)),
    Operation(
        "GET", "runs/{run_id}/metrics", "read", "What a run has measured, extremes kept.",
        answers.MetricsAnswer,
        parameters=(
            _text("names", run_parts.NAMES_LIMIT, "which series, commas between; %2C in a name"),
            _whole("max_points", 2, run_parts.MAX_POINTS, run_parts.POINTS, "of each series"),
            Parameter(
                "since_step",
                {"type": "number", "minimum": -query.MAX_WHOLE, "maximum": query.MAX_WHOLE},
                "only what comes after this step",
            ),
        ),
        errors=(UnknownRun,),
    ),
    Operation(
        "GET", "runs/{run_id}/candidates", "read", "A search's leaderboard, best first.",
        answers.CandidatesAnswer,
        parameters=(
            _whole("limit", 1, searches.MAX_CANDIDATES, searches.CANDIDATES, "how many at most"),
        ),
        errors=(UnknownRun,),
    ),
    Operation(
        "GET", "runs/{run_id}/output", "read", "What a run has printed.", answers.OutputAnswer,
        parameters=(_whole("tail", 1, run_parts.MAX_LINES, run_parts.LINES, "how many lines"),),
        errors=(UnknownRun,),
    ),
    Operation("GET", "models", "read", "The registered models.", answers.ModelsAnswer),
    Operation(
        "GET", "models/{name}", "read", "One model.", answers.ModelAnswer, errors=(UnknownModel,)
    ),
    Operation(
        "GET", "models/{name}/{version}/artifact", "read", "A model's file.", BYTES,
        errors=(UnknownModel, ArtifactRefused),
    ),
    Operation(
        "GET", "datasets", "read", "The data sets that a run can name.", answers.DatasetsAnswer
    ),
    Operation(
        "GET", "estimators", "read", "The estimators that a run can name.",
        answers.EstimatorsAnswer, errors=(Unavailable,),
    ),
    Operation("GET", "openapi.json", "read", "This description.", "application/json"),
)  # fmt: skip

WRITING: tuple[Operation, ...] = (
    Operation(
        "POST", "activity", "write", "A note of one's own.", answers.NoteAnswer, status=201,
        body=requests.Note, errors=(*BODY, UnknownRun, ShuttingDown, Unavailable, DiskFull),
    ),
    Operation(
        "PATCH", "runs/{run_id}", "write", "Rename, tag or annotate a run.", RunState,
        body=requests.RunChange, errors=(*BODY, UnknownRun, Unavailable, DiskFull),
    ),
    Operation(
        "DELETE", "runs/{run_id}", "write", "Forget a run.", None, status=204,
        errors=(UnknownRun, RunGoingOn, Conflict, Unavailable, DiskFull),
    ),
)  # fmt: skip

EXECUTING: tuple[Operation, ...] = (
    Operation(
        "POST", "runs", "execute", "Start a run, or announce one that trains elsewhere.",
        (RunState, answers.AnnouncedAnswer), status=201,
        parameters=(
            Parameter(
                "Idempotency-Key", {"type": "string", "pattern": "^[!-~]{1,255}$"},
                "a repeated request with the same key answers with the first run", "header",
            ),
        ),
        body=(requests.RunRequest, functions.FunctionRequest, external.ExternalRequest),
        errors=(*BODY, *CHECKED, Conflict, ShuttingDown, Unavailable, DiskFull),
    ),
    Operation(
        "POST", "runs/{run_id}/stop", "execute", "Keep the best so far and finish.", RunState,
        status=202, body=requests.Nothing, is_body_optional=True,
        errors=(
            *BODY, UnknownRun, RunHasEnded, NothingToKeep, CannotStop, Conflict, Unavailable,
            DiskFull,
        ),
    ),
    Operation(
        "POST", "runs/{run_id}/cancel", "execute", "Drop a run.", RunState,
        status=202, body=requests.Nothing, is_body_optional=True,
        errors=(*BODY, UnknownRun, RunHasEnded, Conflict, Unavailable, DiskFull),
    ),
    Operation(
        "POST", "runs/{run_id}/skip", "execute", "Give up a candidate of a search.", RunState,
        status=202, body=requests.SkipRequest, is_body_optional=True,
        errors=(*BODY, UnknownRun, RunHasEnded, NothingToSkip, Conflict, Unavailable, DiskFull),
    ),
    Operation(
        "POST", "runs/{run_id}/resume", "execute", "Go on with a run that ended badly.", RunState,
        status=202, body=requests.Nothing, is_body_optional=True,
        errors=(
            *BODY, UnknownRun, NotResumable, RunGoingOn, Conflict, ShuttingDown, Unavailable,
            DiskFull,
        ),
    ),
    Operation(
        "POST", "runs/{run_id}/events", "execute", "Tell of a run that trains elsewhere.",
        answers.KeptAnswer, body=external.EventsRequest,
        errors=(*BODY, UnknownRun, RunHasEnded, Conflict, ShuttingDown, Unavailable, DiskFull),
    ),
    Operation(
        "POST", "runs/{run_id}/register", "execute", "Make a model version of a run's model.",
        answers.RegisteredAnswer, status=201, body=requests.Registration,
        errors=(*BODY, UnknownRun, RunNotFinished, NoModel, ArtifactRefused, Unavailable, DiskFull),
    ),
    Operation(
        "POST", "uploads", "execute", "Hand over data, or an estimator as a pickle.",
        answers.UploadAnswer, status=201,
        parameters=(
            Parameter(
                "format", {"type": "string", "enum": list(FORMATS)}, "what the body is",
                is_required=True,
            ),
        ),
        body=BYTES, errors=(BodyTooLarge, ShuttingDown, DiskFull),
    ),
    Operation(
        "POST", "models/{name}/deploy", "execute", "Put a model version in service.",
        answers.DeployedAnswer, body=requests.DeployRequest,
        errors=(
            *BODY, UnknownModel, UnknownRun, RunNotFinished, NoModel, ArtifactRefused,
            ServingFailed, ShuttingDown, Unavailable, DiskFull,
        ),
    ),
    Operation(
        "POST", "models/{name}/predict", "execute", "Ask the version in service.",
        answers.PredictAnswer, body=requests.PredictRequest,
        errors=(
            *BODY, UnknownModel, Conflict, ArtifactRefused, ServingFailed, ShuttingDown,
            Unavailable,
        ),
    ),
)  # fmt: skip

OPERATIONS = (*READING, *WRITING, *EXECUTING)
