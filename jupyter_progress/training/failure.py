"""A failed training told to the person whose training it is: their lines, why, and what to do."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path
from typing import Any

from ..errors import ProgressError

_OWN = str(Path(__file__).resolve().parents[1])
_LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
_LAST_FRAMES = 4
_TEXT_LIMIT = 4000

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
    ("No space left on device", "Free some space on the disk."),
)  # fmt: skip
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
    message = str(failure) or type(failure).__name__
    return {
        "type": type(failure).__name__,
        "message": message[:_TEXT_LIMIT],
        "stage": stage,
        "traceback": users_part(failure),
        "reason": _reason(failure, stage),
        "hint": _hint(failure, message, stage),
    }


def _reason(failure: BaseException, stage: str | None) -> str:
    if isinstance(failure, ProgressError):
        return failure.reason
    if isinstance(failure, MemoryError):
        return "out_of_memory"
    if isinstance(failure, ImportError):
        return "import_failed"
    return _REASONS.get(stage or "", "training_error")


def _hint(failure: BaseException, message: str, stage: str | None) -> str:
    if isinstance(failure, ProgressError):
        return ""  # our own messages say what was expected
    if isinstance(failure, MemoryError):
        return "Use fewer rows or columns, a smaller model, or a machine with more memory."
    for words, hint in _HINTS:
        if words in message:
            return hint
    return _STAGE_HINTS.get(stage or "", "")


def users_part(failure: BaseException) -> str:
    """The part of a traceback that is in the user's own code.

    Where none of it is, the last frames below ours; of an error that is our own words, nothing.
    """
    if isinstance(failure, ProgressError):
        return ""
    told = traceback.TracebackException.from_exception(failure, limit=None, compact=True)
    frames = [frame for frame in told.stack if not frame.filename.startswith(_OWN)]
    own = [frame for frame in frames if not _is_library(frame.filename)]
    told.stack = traceback.StackSummary.from_list(own or frames[-_LAST_FRAMES:])
    # What led to it ("During handling of the above…") is rarely the user's, and often long.
    told.__cause__ = None
    told.__context__ = None
    return "".join(told.format())[-_TEXT_LIMIT:].rstrip()


def _is_library(filename: str) -> bool:
    """Whether a frame is of an installed library, or of how this worker was started."""
    if filename == "<string>" or filename.startswith("<frozen"):
        return True
    if filename.startswith(_LIBRARIES):
        return True
    return "site-packages" in filename or "dist-packages" in filename or ".pyx" in filename
