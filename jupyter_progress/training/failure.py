"""A failed training told to the person whose training it is: their lines, why, and what to do."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import ProgressError
from ..store.durable_files import is_full
from ..tracking.messages import message_of
from ..tracking.tracebacks import users_traceback
from .handed_over import read_estimator
from .last_words import FREE_SPACE
from .sources.load import read_pickle

# A worker runs no code of the user's from a string; dataclasses and the like are made so.
_GENERATED = frozenset({"<string>"})

_REASONS = {
    "initialize": "estimator_failed",
    "load_data": "data_not_loaded",
    "validate_data": "unsuitable_data",
    "split_data": "unsuitable_data",
    "preprocess": "preprocess_failed",
    "train": "fit_failed",
    "evaluate": "evaluation_failed",
    "save_model": "save_failed",
}
# Words in a message, and what helps. The first that fits counts.
_HINTS = (
    ("could not convert string to float", "Some columns hold text: use preprocess='auto', or "
     "encode them."),
    ("contains NaN", "Values are missing: use preprocess='auto', impute them, or take an estimator "
     "that accepts NaN."),
    ("contains infinity", "Replace infinite values, or drop their rows."),
    ("Unknown label type: continuous", "The target is continuous: use a regressor."),
    ("No module named", "Install that package where the run trains, or make it importable from the "
     "run's working directory."),
    ("Can't get attribute", "The object was pickled by a name that the run's interpreter does not "
     "have: define its class in an importable module, or in the notebook itself."),
)  # fmt: skip
_NO_PICKLE = (
    "The file that was uploaded is not a pickle that this Python "
    f"({sys.version_info[0]}.{sys.version_info[1]}) can open: write it with pickle or cloudpickle "
    "of the interpreter that the run uses."
)
_STAGE_HINTS = {
    "initialize": "Check the estimator's class and parameters.",
    "load_data": "Check the data set's path and its target column.",
    "train": "The same fit in a notebook cell fails with the same error; try it on a few rows.",
}


def describe(failure: BaseException, stage: str | None) -> dict[str, Any]:
    """Tell why a run failed.

    Parameters
    ----------
    failure
        What was raised, with its traceback.
    stage
        Where.

    Returns
    -------
    dict
        ``{"type", "message", "stage", "traceback", "reason", "hint"}``.
    """
    message = message_of(failure)
    return {
        "type": type(failure).__name__,
        "message": message,
        "stage": stage,
        "traceback": _traceback(failure),
        "reason": _reason(failure, stage),
        "hint": _hint(failure, message, stage),
    }


def _traceback(failure: BaseException) -> str:
    """The user's part; an error that is our own words, or a library's alone, has none."""
    if isinstance(failure, ProgressError):
        return ""
    return users_traceback(failure, generated=_GENERATED, libraries=False)


def _is_no_pickle(failure: BaseException) -> bool:
    """Whether it was raised by pickle itself, at the opening of an upload, and by nothing in it."""
    last = failure.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    opening = (read_estimator.__code__, read_pickle.__code__)
    return last is not None and last.tb_frame.f_code in opening


def _reason(failure: BaseException, stage: str | None) -> str:
    if isinstance(failure, ProgressError):
        return failure.reason
    if isinstance(failure, MemoryError):
        return "out_of_memory"
    if is_full(failure):
        return "disk_full"
    if isinstance(failure, ImportError):
        return "import_failed"
    return _REASONS.get(stage or "", "training_error")


def _hint(failure: BaseException, message: str, stage: str | None) -> str:
    if isinstance(failure, ProgressError):
        return ""  # our own messages say what was expected
    if isinstance(failure, MemoryError):
        return "Use fewer rows or columns, a smaller model, or a machine with more memory."
    if is_full(failure):
        return FREE_SPACE
    for words, hint in _HINTS:
        if words in message:
            return hint
    if _is_no_pickle(failure):
        return _NO_PICKLE
    return _STAGE_HINTS.get(stage or "", "")
