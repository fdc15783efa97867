"""What an exception says to the person whose code raised it."""

from __future__ import annotations

from .messages import message_of
from .tracebacks import users_traceback


def error_of(exception: BaseException, *, stage: str | None = None) -> dict[str, str | None]:
    """Describe an exception as ``training_failed`` wants it.

    Parameters
    ----------
    exception
        As it was raised.
    stage
        Where it happened.

    Returns
    -------
    dict
        The fields of :class:`~jupyter_progress.core.events.RunError`.
    """
    return {
        "type": type(exception).__name__,
        "message": message_of(exception),
        "stage": stage,
        "traceback": users_traceback(exception),
        "reason": "out_of_memory" if isinstance(exception, MemoryError) else "training_error",
        "hint": "",
    }
