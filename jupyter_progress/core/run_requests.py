"""``POST runs``: which of the kinds of run is asked for, read and checked."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ..errors import InvalidRequest
from .external import ExternalRequest
from .external_checks import check_external_request
from .functions import FunctionRequest, check_function_request
from .names import shorten
from .reading_requests import read_request
from .requests import RunRequest, check_run_request

KeptRequest = RunRequest | FunctionRequest  # of a run under a keeper
KINDS: Final = ("pipeline", "function", "external")
AnyRequest = RunRequest | FunctionRequest | ExternalRequest


def read_run_request(body: Any) -> AnyRequest:
    """Read a run that is asked for from its JSON, and check all that needs no disk.

    Raises
    ------
    InvalidRequest
        With the path of the first field that is wrong.
    """
    kind = body.get("kind", "pipeline") if isinstance(body, dict) else "pipeline"
    if isinstance(kind, str) and kind not in KINDS:
        expected = ", ".join(map(repr, KINDS))
        raise InvalidRequest("kind", f"is {shorten(repr(kind), 80)}; expected one of: {expected}")
    if kind == "external":
        return check_external_request(read_request(body, ExternalRequest))
    if kind == "function":
        return check_function_request(read_request(body, FunctionRequest))
    return check_run_request(read_request(body, RunRequest))


def check_kept_request(request: KeptRequest) -> KeptRequest:
    """Check all of a request that needs no disk; returns it.

    Raises
    ------
    InvalidRequest
    """
    if isinstance(request, FunctionRequest):
        return check_function_request(request)
    return check_run_request(request)


def kept_request_of(facts: dict[str, Any]) -> KeptRequest:
    """What was asked for, from its plain form, which was checked before."""
    if facts.get("kind") == "function":
        return msgspec.convert(facts, FunctionRequest)
    return msgspec.convert(facts, RunRequest)
