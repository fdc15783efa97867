"""What ``POST runs`` may hold for a function of the user's own."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from .field_kinds import Label, Tags, UploadId, told
from .reading_requests import check_upload_id
from .requests import Executor, check_how_it_runs
from .run_limits import check_time_limit
from .stages import STAGES_LIMIT, check_stage_ids


class UploadedFunction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A function with its arguments from a notebook, uploaded as a pickle."""

    upload: UploadId


class FunctionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST runs`` for a function of the user's own.

    Parameters
    ----------
    function
        ``{"upload": id}``: a pickle of ``{"function", "args", "kwargs"}``.
    stages
        The names of its stages, in order; it may begin others.
    time_limit
        Seconds, after which it is asked to stop; null: no limit.
    """

    kind: Literal["function"]
    function: UploadedFunction
    name: Label | None = None
    stages: Annotated[
        list[Label],
        msgspec.Meta(extra_json_schema={"maxItems": STAGES_LIMIT, "uniqueItems": True}),
    ] = []
    time_limit: Annotated[float, told(exclusiveMinimum=0)] | None = None
    tags: Tags = []
    executor: Executor | None = None


def check_function_request(request: FunctionRequest) -> FunctionRequest:
    """Check all of a request that needs no disk; returns it.

    Raises
    ------
    InvalidRequest
        With the path of the first field that is wrong.
    """
    check_how_it_runs(request)
    check_stage_ids("stages", request.stages)
    if request.time_limit is not None:
        check_time_limit(request.time_limit)
    check_upload_id("function.upload", request.function.upload)
    return request
