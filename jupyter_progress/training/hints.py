"""What helps after a failure, where the facts bear it out.

The words of an exception alone say little: they can be the user's own, about something else.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

import numpy as np

from .context import Context
from .features import Features, look_at

_STAGE_HINTS = {
    "initialize": "Check the estimator's class and parameters.",
    "load_data": "Check the data set's path and its target column.",
    "train": "The same fit in a notebook cell fails with the same error; try it on a few rows.",
}


@dataclass(frozen=True)
class Facts:
    """What is known of a run that failed.

    Parameters
    ----------
    preprocess
        ``"auto"`` or ``"none"``.
    fitted_on
        What the rows hold that the estimator was given, after the preprocessing.
    has_continuous_target
        Whether the targets are numbers that are no classes.
    """

    preprocess: str
    fitted_on: Features
    has_continuous_target: bool = False


def facts_of(context: Context) -> Facts | None:
    """The facts of a run, as far as it has come; None before its rows are loaded."""
    table = context.loaded.table if context.loaded else None
    if table is None:
        table = context.parts.train if context.parts else None
    if table is None:
        return None
    X = table.X if context.prepared_train is None else context.prepared_train
    y = np.asarray(table.y)
    return Facts(
        preprocess=context.request.preprocess,
        fitted_on=look_at(_with_columns(X)),
        has_continuous_target=y.dtype.kind == "f" and bool((y != np.floor(y)).any()),
    )


def _with_columns(X: Any) -> Any:
    """An array of objects as a frame: what each of its columns holds is seen there alone."""
    if getattr(getattr(X, "dtype", None), "kind", "") not in "OUS" or hasattr(X, "iloc"):
        return X
    import pandas as pd

    return pd.DataFrame(X)


def hint_for(failure: BaseException, message: str, stage: str | None, facts: Facts | None) -> str:
    """What to do about a failure; empty where nothing is known to help.

    Parameters
    ----------
    failure
        Of the user's code or a library's.
    message
        What it says.
    stage
        Where it was raised.
    facts
        Of the run; without them, nothing is said of its data.
    """
    if isinstance(failure, MemoryError):
        return "Use fewer rows or columns, a smaller model, or a machine with more memory."
    found = _of_the_surroundings(failure, message)
    if not found and facts is not None:
        found = _of_the_data(message, facts)
    return found or _STAGE_HINTS.get(stage or "", "")


def _of_the_surroundings(failure: BaseException, message: str) -> str:
    if isinstance(failure, ModuleNotFoundError):
        return (
            "Install that package where the run trains, or make it importable from the run's "
            "working directory."
        )
    if isinstance(failure, AttributeError) and "Can't get attribute" in message:
        return (
            "The object was pickled by a name that the run's interpreter does not have: define its "
            "class in an importable module, or in the notebook itself."
        )
    if isinstance(failure, OSError) and failure.errno == errno.ENOSPC:
        return "Free some space on the disk."
    return ""


def _of_the_data(message: str, facts: Facts) -> str:
    is_raw = facts.preprocess == "none"
    found = facts.fitted_on
    if found.text and "could not convert string to float" in message:
        use = "use preprocess='auto', or encode them" if is_raw else "encode them"
        return f"Some columns hold text: {use}."
    if found.missing and "contains NaN" in message:
        use = "use preprocess='auto', impute them, or" if is_raw else "impute them, or"
        return f"Values are missing: {use} take an estimator that accepts NaN."
    if found.infinite and "contains infinity" in message:
        return "Replace infinite values, or drop their rows."
    if facts.has_continuous_target and "Unknown label type" in message:
        return "The target is continuous: use a regressor."
    return ""
