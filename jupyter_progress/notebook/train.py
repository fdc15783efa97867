"""``jp.train``: hand over an estimator and rows, and get a run that goes on by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec
import numpy as np

from ..core.requests import OwnScorer, RunRequest, Split, check_run_request, names_search
from ..errors import InvalidRequest, PathNotAllowed
from ..tracking import arguments
from ..training.early_stopping import check_can_end_early
from ..training.fit_params import check_takes_weights
from ..training.scoring_checks import (
    check_own_scorer,
    check_scorer_name,
    check_scoring,
    scorer_name,
    try_own_scorer,
)
from ..training.searching.grids import check_grid
from ..training.searching.kinds import check_makes_model, search_in
from ..training.sources.table import rows_at
from ..training.sources.targets import count_targets
from ..training.suitability import check_takes_targets
from . import checks, handover
from .backend import Backend, current_backend
from .class_weight import check_covers, with_class_weight
from .content import check_content
from .handle import RunHandle
from .params import sendable_params
from .run_limits import read_early_stopping, read_time_limit
from .source import Source, find_source

DEFAULT_SPLIT = Split()
_TRIED_ROWS = 20
Preprocess = Literal["auto", "none"]


def train(
    estimator: Any,
    X: Any = None,
    y: Any = None,
    *,
    name: str | None = None,
    target: str | None = None,
    load: Callable[[], Any] | None = None,
    sample_weight: Any = None,
    groups: Any = None,
    class_weight: Any = None,
    split: Mapping[str, Any] | None = DEFAULT_SPLIT,  # type: ignore[assignment]
    validation: tuple[Any, Any] | None = None,
    test: tuple[Any, Any] | None = None,
    scoring: str | Callable[[Any, Any, Any], float] | None = None,
    preprocess: Preprocess = "auto",
    max_overhead: float = 0.03,
    time_limit: float | timedelta | None = None,
    early_stopping: bool | int | Mapping[str, Any] | None = None,
    register_as: str | None = None,
    tags: Iterable[str] = (),
    params: Mapping[str, Any] | None = None,
    start_anyway: bool = False,
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
        CSV, Parquet or Arrow file, which the worker loads, with ``target``. Or one of
        scikit-learn's own data sets: ``{"source": "sklearn", "name": "digits"}``.
    y
        Targets, of shape (rows,), or (rows, targets) where each row has several.
    name
        What the run is called.
    target
        The column of the file, or of the DataFrame ``X`` where there is no ``y``, to be predicted;
        a list of names for several.
    load
        A function without arguments, called in the worker in place of ``X`` and ``y``: it returns
        ``(X, y)``, or a frame with ``target``.
    sample_weight
        How much each row counts in the fit, of shape (rows,); held-out rows count the same. Or the
        column that says so, which is no feature then.
    groups
        What each row belongs to, of shape (rows,), or the column that says so: rows of one group
        are never divided.
    class_weight
        ``"balanced"`` or weights by class, for the estimator's own parameter of this name.
    split
        Shares of all rows that are held out: ``{"test": 0.2, "validation": 0.2, "random_state": 0,
        "stratify": True, "shuffle": True}``; what is left out keeps its default. A search scores on
        folds of its own, so its default is no validation rows. None: every row is fitted on.
    validation, test
        Rows of one's own, ``(X, y)``, for measuring during and after training; none of ``X`` is
        taken for that then.
    scoring
        A scikit-learn scorer's name, for the live score and the test rows; or a function of one's
        own: ``scorer(model, X, y)`` gives a number.
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
    start_anyway
        Start a run also where it seems not to fit into the memory.
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
    arguments.is_true("start_anyway", start_anyway)
    read_split = _split(split, validation is not None, test is not None)
    kind = None if isinstance(estimator, str) else checks.check_estimator(estimator)
    if class_weight is not None:
        estimator = with_class_weight(estimator, class_weight, kind)
    if kind is not None:
        _check_no_params(params)
        checks.check_params(estimator)
        check_makes_model(estimator, register_as)
        check_grid(estimator)
    is_search = _is_search(estimator, params)
    scores_on_folds = is_search and read_split is not None and read_split.validation is None
    if read_split is not None:
        read_split = read_split.settled(is_search=is_search)
    facts = {"sample_weight": sample_weight, "groups": groups}
    source = find_source(X, y, target, load, facts, kind)
    if source.has_weights and kind is not None:
        check_takes_weights(estimator)
    held_out = _held_out(source.rows, {"validation": validation, "test": test}, kind)
    draft = RunRequest(
        dataset=_dataset_in_draft(source),
        estimator=_estimator_spec(estimator, params) or {"upload": _NO_ID},
        name=name if name is not None else _default_name(estimator, source),
        split=read_split,
        scoring=_scoring_in_draft(scoring),
        preprocess=_preprocess(preprocess),
        max_overhead=arguments.number("max_overhead", max_overhead),
        time_limit=read_time_limit(time_limit),
        early_stopping=read_early_stopping(early_stopping),
        register_as=register_as,
        tags=arguments.labels("tags", tags),
        executor=handover.own_executor(),
        start_anyway=start_anyway,
    )
    # Everything but the ids is in it: what is wrong is told before anything is sent.
    _check(draft)
    targets = count_targets(np.asarray(source.rows.y)) if source.rows is not None else 1
    if draft.early_stopping is not None and kind is not None:
        check_can_end_early(estimator, targets)
    if source.rows is not None:
        if kind is not None:
            check_takes_targets(estimator, targets)
        check_covers(class_weight, source.rows.y)
        check_content(source.rows, held_out, draft, estimator, kind, source.facts.get("groups"))
    if scoring is not None:
        _check_scoring(scoring, estimator, kind, source.rows)
    said = _row_words(source, read_split, held_out)
    if scores_on_folds:
        said += ", scored on folds of its own"
    backend = current_backend()
    state = _submit(backend, draft, estimator, source, held_out, scoring)
    print(said)
    return RunHandle(state.run_id, backend=backend, state=state, display=display)


# In the place of an upload that is not there yet.
_NO_ID = "0" * 32


def _dataset_in_draft(source: Source) -> dict[str, Any]:
    if source.load is not None:
        return {**(source.dataset or {}), "id": _NO_ID}
    if source.dataset is not None:
        return source.dataset
    return {"source": "upload", "id": _NO_ID, **dict.fromkeys(source.facts, _NO_ID)}


def _scoring_in_draft(scoring: Any) -> Any:
    if scoring is None or not callable(scoring):
        return scoring
    return OwnScorer(upload=_NO_ID, name=scorer_name(scoring))


def _submit(
    backend: Backend,
    draft: RunRequest,
    estimator: Any,
    source: Source,
    held_out: dict[str, checks.Rows],
    scoring: Any,
) -> Any:
    changes: dict[str, Any] = {}
    # The smallest first: what cannot be pickled is told before a gigabyte has been written.
    if "upload" in draft.estimator:
        changes["estimator"] = {"upload": handover.upload_estimator(backend, estimator)}
    if isinstance(draft.scoring, OwnScorer):
        handed = handover.upload_function(backend, scoring, "scoring")
        changes["scoring"] = OwnScorer(upload=handed, name=draft.scoring.name)
    if source.load is not None:
        handed = handover.upload_function(backend, source.load, "load")
        changes["dataset"] = {**draft.dataset, "id": handed}
    elif source.rows is not None:
        changes["dataset"] = handover.upload_rows(
            backend, draft, estimator, source.rows, held_out, source.facts
        )
    request = _with(draft, **changes)
    try:
        return backend.submit(request)
    except PathNotAllowed:
        # The kernel may read more than the server's root directory; then the file is handed over.
        if source.path is None:
            raise
    handed = handover.upload_file(backend, source.path)
    columns = {key: value for key, value in request.dataset.items() if key not in _OF_A_FILE}
    return backend.submit(_with(request, dataset={"source": "upload", "id": handed, **columns}))


_OF_A_FILE = ("source", "path")


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
    task = "classification" if kind == "classifier" else "regression"
    if callable(scoring):
        check_own_scorer(scoring)
        if kind is not None and rows is not None:
            few = np.arange(min(len(rows), _TRIED_ROWS))
            try_own_scorer(scoring, rows_at(rows.X, few), np.asarray(rows.y)[few], task)
        return
    check_scorer_name(arguments.text("scoring", scoring))
    if kind is not None:
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
    arguments.only_keys("split", given, known)
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


def _held_out(
    rows: checks.Rows | None, given: dict[str, Any], kind: str | None
) -> dict[str, checks.Rows]:
    found: dict[str, checks.Rows] = {}
    for part, pair in given.items():
        if pair is None:
            continue
        if rows is None:
            raise InvalidRequest(
                part, "goes with rows from this kernel, not with a file, a data set or load="
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
    if source.load is not None:
        return f"{what} on {handover.name_of(source.load)}"[:200]
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
