"""``jp.train``: hand over an estimator and rows, and get a run that goes on by itself."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from ..core.names import shorten
from ..core.nearest import nearest
from ..core.requests import RunRequest, Split, check_run_request, names_search
from ..errors import InvalidRequest, PathNotAllowed, UnknownColumn, UnknownKey, UnsuitableData
from ..tracking import arguments
from ..training.early_stopping import check_can_end_early
from ..training.scoring_checks import check_scorer_name, check_scoring
from ..training.searching import check_makes_model, search_in
from . import checks, handover
from .backend import Backend, current_backend
from .content import check_content
from .handle import RunHandle
from .params import sendable_params
from .run_limits import read_early_stopping, read_time_limit
from .tables import known_table

DEFAULT_SPLIT = Split()
Preprocess = Literal["auto", "none"]


@dataclass(frozen=True)
class Source:
    """Where rows come from: ``rows`` of this kernel, or a ``dataset`` that the worker loads.

    Parameters
    ----------
    path
        The file behind the data set, where it is one.
    """

    rows: checks.Rows | None = None
    dataset: dict[str, Any] | None = None
    path: Path | None = None


def train(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    name: str | None = None,
    target: str | None = None,
    split: Mapping[str, Any] | None = DEFAULT_SPLIT,  # type: ignore[assignment]
    validation: tuple[Any, Any] | None = None,
    test: tuple[Any, Any] | None = None,
    scoring: str | None = None,
    preprocess: Preprocess = "auto",
    max_overhead: float = 0.03,
    time_limit: float | timedelta | None = None,
    early_stopping: bool | int | Mapping[str, Any] | None = None,
    register_as: str | None = None,
    tags: Iterable[str] = (),
    params: Mapping[str, Any] | None = None,
    display: bool = True,
) -> RunHandle:
    """Train an estimator in the Jupyter server's care, or, without one, in a process of its own.

    The call returns as soon as the run is on its way; it goes on when the kernel is restarted.

    Parameters
    ----------
    estimator
        A scikit-learn classifier or regressor; a copy is fitted, by this kernel's interpreter.
        Or a class by its name, such as ``"sklearn.svm.SVC"``, with ``params``.
    X
        Rows: a DataFrame, an array or a sparse matrix of shape (rows, columns). Or the path of a
        CSV or Parquet file, which the worker loads, with ``target``. Or one of scikit-learn's own
        data sets: ``{"source": "sklearn", "name": "digits"}``.
    y
        Targets, of shape (rows,).
    name
        What the run is called.
    target
        The column of the file, or of the DataFrame ``X`` where there is no ``y``, to be predicted.
    split
        Shares of all rows that are held out: ``{"test": 0.2, "validation": 0.2, "random_state": 0,
        "stratify": True, "shuffle": True}``; what is left out keeps its default. A search scores on
        folds of its own, so its default is no validation rows. None: every row is fitted on.
    validation, test
        Rows of one's own, ``(X, y)``, for measuring during and after training; none of ``X`` is
        taken for that then.
    scoring
        A scikit-learn scorer's name, for the live score.
    preprocess
        ``"auto"`` imputes and encodes only what the estimator cannot take; ``"none"`` nothing.
    max_overhead
        The share of the training time that watching it may cost.
    time_limit
        Seconds, or a ``timedelta``, after which the run is stopped, as :meth:`RunHandle.stop` does
        it, with what it has; where its fit cannot be ended so, it has failed.
    early_stopping
        Ends the fit once its live score on the validation rows rises no more, and keeps the best
        step: True; after how many looks in a row without a better one, such as 8; or ``{"patience":
        5, "patience_steps": None, "min_delta": 0.0, "restore_best": True}``.
    register_as
        Make a model version of this name when the run completes.
    tags
        For finding the run again.
    params
        Parameters of an estimator that is given by name.
    display
        Whether the run shows itself in the cell.

    Returns
    -------
    RunHandle

    Raises
    ------
    InvalidRequest
        An argument cannot be right: the message says which, and what was expected.
    ExtensionMissing
        The Jupyter server has not got this extension; the message says how to install it there.
    """
    if name is not None:
        arguments.label("name", name)
    if register_as is not None:
        arguments.model_name("register_as", register_as)
    arguments.is_true("display", display)
    read_split = _split(split, validation is not None, test is not None)
    kind = None if isinstance(estimator, str) else checks.check_estimator(estimator)
    if kind is not None:
        _check_no_params(params)
        checks.check_params(estimator)
        check_makes_model(estimator, register_as)
    is_search = _is_search(estimator, params)
    scores_on_folds = is_search and read_split is not None and read_split.validation is None
    if read_split is not None:
        read_split = read_split.settled(is_search=is_search)
    source = _source(X, y, target, kind)
    held_out = _held_out(source.rows, {"validation": validation, "test": test}, kind)
    draft = RunRequest(
        dataset=source.dataset or {"source": "upload", "id": "0" * 32},
        estimator=_estimator_spec(estimator, params) or {"upload": "0" * 32},
        name=name if name is not None else _default_name(estimator, source),
        split=read_split,
        scoring=scoring,
        preprocess=_preprocess(preprocess),
        max_overhead=arguments.number("max_overhead", max_overhead),
        time_limit=read_time_limit(time_limit),
        early_stopping=read_early_stopping(early_stopping),
        register_as=register_as,
        tags=arguments.labels("tags", tags),
        executor=handover.own_executor(),
    )
    # Everything but the ids is in it: what is wrong is told before anything is sent.
    _check(draft)
    if draft.early_stopping is not None and kind is not None:
        check_can_end_early(estimator)
    if source.rows is not None:
        check_content(source.rows, held_out, draft, estimator, kind)
    if scoring is not None:
        _check_scoring(scoring, estimator, kind, source.rows)
    said = _row_words(source, read_split, held_out)
    if scores_on_folds:
        said += "; no validation rows: a search scores on its own folds"
    backend = current_backend()
    state = _submit(backend, draft, estimator, source, held_out)
    print(said)
    return RunHandle(state.run_id, backend=backend, state=state, display=display)


def _submit(
    backend: Backend,
    draft: RunRequest,
    estimator: Any,
    source: Source,
    held_out: dict[str, checks.Rows],
) -> Any:
    spec, dataset = draft.estimator, draft.dataset
    if "upload" in spec:
        spec = {"upload": handover.upload_estimator(backend, estimator)}
    if source.rows is not None:
        dataset = {"source": "upload", "id": handover.upload_rows(backend, source.rows, "X")}
        for part, rows in held_out.items():
            dataset[part] = handover.upload_rows(backend, rows, part)
    request = _with(draft, estimator=spec, dataset=dataset)
    try:
        return backend.submit(request)
    except PathNotAllowed:
        # The kernel may read more than the server's root directory; then the file is handed over.
        if source.path is None:
            raise
    handed = {"source": "upload", "id": handover.upload_file(backend, source.path)}
    return backend.submit(_with(request, dataset={**handed, "target": dataset["target"]}))


def _with(request: RunRequest, **changes: Any) -> RunRequest:
    return msgspec.structs.replace(request, **changes)


def _check(draft: RunRequest) -> None:
    try:
        check_run_request(draft)
    except InvalidRequest as error:
        # The cell has an argument "X" or "params", where the wire has a data set and an estimator.
        called = {"dataset.name": "X", "dataset.path": "X", "dataset.source": "X"}
        raise type(error)(called.get(error.field, error.field), error.problem) from None


def _check_scoring(
    scoring: Any, estimator: Any, kind: str | None, rows: checks.Rows | None
) -> None:
    check_scorer_name(arguments.text("scoring", scoring))
    if kind is not None:
        task = "classification" if kind == "classifier" else "regression"
        targets = np.asarray(rows.y) if rows is not None else None
        check_scoring(scoring, estimator, task, targets)


def _split(split: Any, has_validation: bool, has_test: bool) -> Split | None:
    if split is None:
        return None
    if isinstance(split, Split):
        given = {} if split is DEFAULT_SPLIT else msgspec.structs.asdict(split)
    elif isinstance(split, Mapping):
        given = dict(split)
    else:
        raise InvalidRequest(
            "split",
            f'{arguments.of_type(split)}; expected {{"test": 0.2, "validation": 0.2}} or None',
        )
    known = Split.__struct_fields__
    for key in given:
        if key not in known:
            near = nearest(str(key), known)
            hint = f"did you mean {near!r}?" if near else f"expected: {', '.join(known)}"
            raise UnknownKey(f"split.{key}", f"is not known; {hint}")
    for part, is_given in (("validation", has_validation), ("test", has_test)):
        if is_given:
            if given.get(part):
                raise InvalidRequest(
                    f"split.{part}",
                    f"is given together with {part}=(X, y); expected one of the two",
                )
            given[part] = 0.0
    for part in ("test", "validation"):
        if given.get(part) is not None:
            given[part] = arguments.number(f"split.{part}", given[part])
    _check_split_types(given)
    if given.get("shuffle") is False and "stratify" not in given:
        given["stratify"] = False  # a stratified split shuffles
    return Split(**given)


def _check_split_types(given: dict[str, Any]) -> None:
    for part in ("stratify", "shuffle"):
        if not isinstance(given.get(part, True), bool):
            raise InvalidRequest(f"split.{part}", f"is {given[part]!r}; expected True or False")
    state = given.get("random_state", 0)
    given["random_state"] = arguments.whole("split.random_state", state, least=0)


def _source(X: Any, y: Any, target: str | None, kind: str | None) -> Source:
    if isinstance(X, str | os.PathLike):
        return _file_source(X, y, target)
    if isinstance(X, Mapping):
        _check_names_data_set(X)
        if y is not None or target is not None:
            raise InvalidRequest(
                "X", "names a data set, which has its own target; leave y and target out"
            )
        return Source(dataset=dict(X))
    if target is not None:
        X, y = _split_frame(X, y, target)
    return Source(rows=checks.read_rows(X, y, ("X", "y"), kind))


def _check_names_data_set(X: Mapping[Any, Any]) -> None:
    expected = 'expected {"source": "sklearn", "name": "digits"}'
    for key in X:
        if not isinstance(key, str):
            raise InvalidRequest("X", f"has the key {shorten(repr(key), 80)}; {expected}")
    if "source" not in X:
        raise InvalidRequest(
            "X", f"is a dictionary without a source; {expected}, or, of columns, a DataFrame"
        )


def _file_source(X: Any, y: Any, target: str | None) -> Source:
    if y is not None:
        raise InvalidRequest("y", "is given for a file; expected target='column' in its place")
    if target is None:
        raise InvalidRequest(
            "target", "is missing; expected the column of the file to be predicted"
        )
    arguments.label("target", target)
    path = handover.find_file(X)
    return Source(dataset={"source": "file", "path": str(path), "target": target}, path=path)


def _split_frame(X: Any, y: Any, target: str) -> tuple[Any, Any]:
    X = X if hasattr(X, "columns") and hasattr(X, "iloc") else _as_frame(X)
    if y is not None:
        raise InvalidRequest("target", "is given together with y; expected one of the two")
    columns = getattr(X, "columns", None)
    if columns is None:
        raise InvalidRequest("target", "needs a DataFrame; X has no named columns")
    if not isinstance(target, Hashable) or target not in columns:
        near = nearest(str(target), map(str, columns))
        hint = f"did you mean {near!r}?" if near else f"it has: {', '.join(map(str, columns[:20]))}"
        shown = shorten(repr(target), 80)
        raise UnknownColumn("target", f"{shown} is no column of X; {hint}")
    found = X[target]
    if len(found.shape) != 1:
        raise UnsuitableData(
            "target", f"{target!r} names {found.shape[1]} columns of X; expected one"
        )
    return X.drop(columns=[target]), found


def _as_frame(X: Any) -> Any:
    """A frame of another library becomes one of pandas; anything else stays what it is."""
    return known_table(X, "X") if hasattr(X, "to_pandas") else X


def _held_out(
    rows: checks.Rows | None, given: dict[str, Any], kind: str | None
) -> dict[str, checks.Rows]:
    found: dict[str, checks.Rows] = {}
    for part, pair in given.items():
        if pair is None:
            continue
        if rows is None:
            raise InvalidRequest(
                part, "goes with rows from this kernel, not with a file or a data set"
            )
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            size = f" of {len(pair)}" if isinstance(pair, tuple | list) else ""
            raise InvalidRequest(part, f"{arguments.of_type(pair)}{size}; expected a pair (X, y)")
        # One class only is fine in rows that nothing is fitted on.
        found[part] = checks.read_rows(pair[0], pair[1], (f"{part}[0]", f"{part}[1]"), None)
        checks.check_same_columns(rows, found[part], f"{part}[0]")
        checks.check_same_targets(rows, found[part], f"{part}[1]", kind)
    return found


def _estimator_spec(estimator: Any, params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not isinstance(estimator, str):
        return None
    if params is not None and not isinstance(params, Mapping):
        raise InvalidRequest("params", f"{arguments.found(params)}; expected a dictionary")
    return {"class": estimator, "params": sendable_params(params or {})}


def _is_search(estimator: Any, params: Mapping[str, Any] | None) -> bool:
    if isinstance(estimator, str):
        return names_search({"class": estimator, "params": dict(params or {})})
    return search_in(estimator) is not None


def _check_no_params(params: Mapping[str, Any] | None) -> None:
    if params is not None:
        raise InvalidRequest(
            "params", "goes with an estimator that is given by name; this one has its parameters"
        )


def _default_name(estimator: Any, source: Source) -> str:
    what = estimator.rpartition(".")[2] if isinstance(estimator, str) else type(estimator).__name__
    if source.path is not None:
        return f"{what} on {source.path.name}"[:200]
    known = (source.dataset or {}).get("name")
    return f"{what} on {known}"[:200] if known else what


def _preprocess(given: Any) -> Preprocess:
    if isinstance(given, str) and given in ("auto", "none"):
        return given  # type: ignore[return-value]
    raise InvalidRequest("preprocess", f"{arguments.found(given)}; expected 'auto' or 'none'")


def _row_words(source: Source, split: Split | None, held_out: dict[str, checks.Rows]) -> str:
    if source.rows is None:
        if split is None or not (split.test or split.validation):
            return "fitting on every row"
        validation = split.validation or 0.0
        fitted = 1 - split.test - validation
        return (
            f"fitting on {fitted:.0%} of the rows ({validation:.0%} validation, "
            f"{split.test:.0%} test)"
        )
    train_rows, *taken = checks.row_counts(len(source.rows), split)
    parts = dict(zip(("validation", "test"), taken, strict=True))
    words = [", ".join(f"{n:,} {part}" for part, n in parts.items() if part not in held_out)]
    if held_out:
        own = ", ".join(f"{len(rows):,} {part}" for part, rows in held_out.items())
        words.append(f"and {own} rows of your own")
    told = "; ".join(word for word in words if word)
    return f"fitting on {train_rows:,} of {len(source.rows):,} rows ({told})"
