"""What ``POST runs`` and the other requests may hold.

What does not fit is refused with the path of the field that is wrong.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec

from ..errors import InvalidRequest
from .datasets import check_dataset
from .field_kinds import (
    Label,
    Lines,
    ModelName,
    Remark,
    RunId,
    Share,
    Tags,
    UploadId,
    told,
)
from .names import (
    NOTES_LIMIT,
    TAGS_LIMIT,
    check_label,
    check_lines,
    check_model_name,
    shorten,
)
from .reading_requests import check_keys, check_upload_id, json_kind
from .run_limits import EarlyStopping, check_early_stopping, check_time_limit

CANDIDATES_LIMIT: Final = 10_000_000
VALIDATION: Final = 0.2  # of all rows, where nobody says how many
SYS_PATH_LIMIT_BYTES = 40_000


class Split(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows are held out. Both shares are of all rows; 0 means no such rows.

    Where nobody says how many rows validate (null), it is 0.2; for a search 0, since it has folds
    of its own to score on.
    """

    test: Share = 0.2
    validation: Share | None = None
    random_state: Annotated[int, told(minimum=0, maximum=2**32 - 1)] = 0
    stratify: bool = True
    shuffle: bool = True

    def settled(self, *, is_search: bool) -> Split:
        """The same split with a number for its validation rows."""
        if self.validation is not None:
            return self
        default = 0.0 if is_search else VALIDATION
        return msgspec.structs.replace(self, validation=default)


class Executor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The interpreter that trains."""

    python: str | None = None
    cwd: str | None = None
    sys_path: list[str] | None = None


class NamedEstimator(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"class_": "class"},
):
    """A class within the allowed packages, with its parameters."""

    class_: Annotated[str, told(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,300}$")]
    params: dict[str, Any] = {}


class UploadedEstimator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An estimator object from a notebook, uploaded as a pickle."""

    upload: UploadId


class OwnScorer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scorer from a notebook, uploaded as a pickle: called with a model, rows and targets."""

    upload: UploadId
    name: Label


# What `RunRequest.estimator` can be.
ESTIMATORS: Final[tuple[type[msgspec.Struct], ...]] = (NamedEstimator, UploadedEstimator)


class RunRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST runs``.

    Parameters
    ----------
    dataset
        ``{"source": "sklearn", "name"}``, ``{"source": "file", "path", "target"}`` or
        ``{"source": "upload", "id", "target"?}``. An upload may bring rows of its own with
        ``"validation"`` and ``"test"``: ids of further uploads.
    estimator
        ``{"class", "params"}`` or ``{"upload": id}``.
    scoring
        The name of one of scikit-learn's scorers, or ``{"upload": id, "name"}``.
    time_limit
        Seconds of training, after which it is stopped with what it has.
    early_stopping
        When to end a fit whose live score rises no more; null: never.
    start_anyway
        Whether to start a run also where it seems not to fit into the memory.
    """

    dataset: dict[str, Any]
    estimator: dict[str, Any]
    name: Label | None = None
    kind: Literal["pipeline"] = "pipeline"
    split: Split | None = Split()
    scoring: str | OwnScorer | None = None
    preprocess: Literal["auto", "none"] = "auto"
    max_overhead: Annotated[float, told(exclusiveMinimum=0, maximum=1)] = 0.03
    time_limit: Annotated[float, told(exclusiveMinimum=0)] | None = None
    early_stopping: EarlyStopping | None = None
    register_as: ModelName | None = None
    tags: Tags = []
    executor: Executor | None = None
    start_anyway: bool = False


class RunChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``PATCH runs/{id}``."""

    name: Label | None = None
    tags: Tags | None = None
    notes: Lines | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST activity``."""

    text: Remark
    level: Literal["info", "success", "warning", "error"] = "info"
    run_id: RunId | None = None


class DeployRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST models/{name}/deploy``: a version, or a run to register first."""

    version: int | None = None
    run_id: RunId | None = None


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST runs/{id}/register``."""

    name: ModelName


class SkipRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST runs/{id}/skip``: a search's candidate; null: those under way."""

    candidate: Annotated[int, told(minimum=0, maximum=CANDIDATES_LIMIT)] | None = None


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that says nothing."""


class PredictRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST models/{name}/predict``."""

    rows: list[Any]


def check_run_request(request: RunRequest) -> RunRequest:
    """Check all of a request that needs neither the disk nor scikit-learn.

    Returns
    -------
    RunRequest
        The same request; its split says how many rows validate, where the estimator is named.

    Raises
    ------
    InvalidRequest
        With the path of the first field that is wrong.
    """
    check_how_it_runs(request)
    if request.register_as is not None:
        check_model_name("register_as", request.register_as)
    if not 0.0 < request.max_overhead <= 1.0:
        raise InvalidRequest(
            "max_overhead", f"is {request.max_overhead}; expected a share above 0, at most 1"
        )
    is_search = names_search(request.estimator)
    split = request.split and request.split.settled(is_search=is_search)
    if split is not None:
        _check_split(split)
    check_dataset(request.dataset)
    _check_groups(request)
    if request.time_limit is not None:
        check_time_limit(request.time_limit)
    if request.early_stopping is not None:
        has_share = split is not None and bool(split.validation)
        has_rows = "validation" in request.dataset
        check_early_stopping(request.early_stopping, has_share or has_rows)
    _check_estimator(request.estimator)
    if isinstance(request.scoring, OwnScorer):
        check_upload_id("scoring.upload", request.scoring.upload)
        check_label("scoring.name", request.scoring.name)
    return (
        msgspec.structs.replace(request, split=split) if "class" in request.estimator else request
    )


def names_search(estimator: dict[str, Any]) -> bool:
    """Whether a named estimator is a search, or a pipeline that ends in one."""
    params = estimator.get("params")
    steps = params.get("steps") if isinstance(params, dict) else None
    if isinstance(steps, list) and steps and isinstance(steps[-1], list) and steps[-1]:
        last = steps[-1][-1]
        return isinstance(last, dict) and names_search(last)
    return str(estimator.get("class", "")).endswith("SearchCV")


class SaysHowItRuns(Protocol):
    """What a request for a run has, whatever it trains."""

    @property
    def name(self) -> str | None:
        """What the run is to be called."""

    @property
    def tags(self) -> list[str]:
        """For finding it again."""

    @property
    def executor(self) -> Executor | None:
        """The interpreter that trains."""


def check_how_it_runs(request: SaysHowItRuns) -> None:
    """Raise InvalidRequest where a name, a tag or an interpreter cannot be right."""
    if request.name is not None:
        check_label("name", request.name)
    check_tags(request.tags)
    _check_executor(request.executor)


def check_tags(tags: list[str]) -> None:
    """Raise InvalidRequest where a tag is empty or too long, or there are too many."""
    if len(tags) > TAGS_LIMIT:
        raise InvalidRequest("tags", f"has {len(tags)} entries; at most {TAGS_LIMIT} are allowed")
    for index, tag in enumerate(tags):
        check_label(f"tags[{index}]", tag)


def check_notes(notes: str) -> None:
    """Raise InvalidRequest where notes are too long."""
    if len(notes) > NOTES_LIMIT:
        raise InvalidRequest("notes", f"has {len(notes)} characters; at most {NOTES_LIMIT}")
    check_lines("notes", notes)


def _check_executor(executor: Executor | None) -> None:
    """Raise InvalidRequest where a module path is too long, or none."""
    entries = (executor.sys_path if executor is not None else None) or []
    for index, entry in enumerate(entries):
        if "\0" in entry:
            raise InvalidRequest(f"executor.sys_path[{index}]", "holds a NUL byte; expected a path")
    # It is handed to the worker in one word of its command line, which Linux ends at 128 kB.
    size = sum(len(entry.encode()) + 4 for entry in entries)
    if size > SYS_PATH_LIMIT_BYTES:
        raise InvalidRequest(
            "executor.sys_path", f"takes {size:,} bytes; at most {SYS_PATH_LIMIT_BYTES:,}"
        )


def _check_split(split: Split) -> None:
    for field in ("test", "validation"):
        share = getattr(split, field)
        if not 0.0 <= share < 1.0:
            raise InvalidRequest(
                f"split.{field}", f"is {share}; expected a share from 0 to below 1"
            )
    if split.test + (split.validation or 0.0) >= 1.0:
        raise InvalidRequest(
            "split", "test and validation together leave no training rows; expected a sum below 1"
        )
    if not 0 <= split.random_state < 2**32:
        raise InvalidRequest("split.random_state", "expected a whole number from 0 to 2**32 - 1")
    if split.stratify and not split.shuffle:
        raise InvalidRequest("split.shuffle", "a stratified split shuffles; set stratify to false")


def _check_groups(request: RunRequest) -> None:
    """Groups are drawn at random, so that rows in their order have no groups."""
    has_groups = "groups" in request.dataset or "groups_column" in request.dataset
    if has_groups and request.split is not None and not request.split.shuffle:
        raise InvalidRequest(
            "split.shuffle", "is false beside groups, which are drawn at random; expected true"
        )


def _check_estimator(estimator: dict[str, Any]) -> None:
    if "upload" in estimator:
        check_keys("estimator", estimator, UploadedEstimator)
        check_upload_id("estimator.upload", estimator["upload"])
        return
    check_keys("estimator", estimator, NamedEstimator)
    name = estimator["class"]
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][\w.]{0,300}", name, re.ASCII):
        raise InvalidRequest(
            "estimator.class",
            f"is {shorten(repr(name), 80)}; expected a dotted class name such as "
            "'sklearn.ensemble.RandomForestClassifier'",
        )
    params = estimator.get("params", {})
    if not isinstance(params, dict):
        raise InvalidRequest("estimator.params", f"is {json_kind(params)}; expected an object")
