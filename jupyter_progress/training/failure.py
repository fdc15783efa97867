"""A failed training told to the person whose training it is: their lines, why, and what to do."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import ProgressError
from ..store.durable_files import is_full
from ..tracking.messages import message_of
from ..tracking.tracebacks import users_traceback
from .handed_over import read_handed_over
from .hints import Facts, hint_for
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
_NO_PICKLE = (
    "The file that was uploaded is not a pickle that this Python "
    f"({sys.version_info[0]}.{sys.version_info[1]}) can open: write it with pickle or cloudpickle "
    "of the interpreter that the run uses."
)


def describe(
    failure: BaseException, stage: str | None, facts: Facts | None = None
) -> dict[str, Any]:
    """Tell why a run failed.

    Parameters
    ----------
    failure
        What was raised, with its traceback.
    stage
        Where.
    facts
        What is known of the run, which a hint has to agree with.

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
        "hint": _hint(failure, message, stage, facts),
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
    opening = (read_handed_over.__code__, read_pickle.__code__)
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


def _hint(failure: BaseException, message: str, stage: str | None, facts: Facts | None) -> str:
    if isinstance(failure, ProgressError):
        return ""  # our own messages say what was expected
    if is_full(failure):
        return FREE_SPACE
    # A class that is not there is missed by a sound pickle.
    if _is_no_pickle(failure) and not isinstance(failure, AttributeError | ImportError):
        return _NO_PICKLE
    return hint_for(failure, message, stage, facts)
