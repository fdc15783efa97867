"""The one place that turns errors into a status and ``{"message", "reason", "retryable"}``.

Below ``api/`` that is the answer; what a browser shows by itself (the page, its files) gets the
message as plain text.
"""

from __future__ import annotations

from http.client import responses
from typing import Any

from tornado.web import HTTPError, RequestHandler

from ...errors import DiskFull, ProgressError
from ...store.durable_files import is_full

REASONS = {
    400: "invalid_request",
    401: "denied",
    403: "denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    503: "unavailable",
}
MESSAGES = {
    403: "you are not logged in to this Jupyter server, or may not do this",
    404: "there is nothing at this address",
    405: "this address does not take this method",
}
INTERNAL = (
    "the server met an unexpected error; its log says more, and what was going on is not affected"
)
FULL = (
    "the disk that holds the data directory is full; free some space there, then ask again. What "
    "is training goes on"
)


def answer_of(status: int, error: BaseException | None) -> tuple[int, dict[str, Any]]:
    """The status and the body that tell an error.

    Parameters
    ----------
    status
        The status that tornado chose.
    error
        What was raised; None where a handler only set a status.
    """
    if is_full(error) and not isinstance(error, DiskFull):
        error = DiskFull(FULL)
    if isinstance(error, ProgressError):
        return error.status, error.to_wire()
    if isinstance(error, HTTPError):
        status = error.status_code
        message = _words_of(error) or MESSAGES.get(status) or responses.get(status, "error")
    elif status >= 500:
        message = INTERNAL
    else:
        message = MESSAGES.get(status) or responses.get(status, "error")
    reason = REASONS.get(status) or ("internal_error" if status >= 500 else "invalid_request")
    return status, {"message": message, "reason": reason, "retryable": status in (429, 503)}


def methods_of(handler: type) -> str:
    """What an ``Allow`` header says of a handler: the verbs that it has."""
    missing = RequestHandler._unimplemented_method
    verbs = RequestHandler.SUPPORTED_METHODS
    return ", ".join(verb for verb in verbs if getattr(handler, verb.lower()) is not missing)


def _words_of(error: HTTPError) -> str:
    if not error.log_message:
        return ""
    try:
        return error.log_message % error.args if error.args else error.log_message
    except TypeError:
        return error.log_message
