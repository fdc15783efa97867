"""What ``POST runs`` may hold for a function of the user's own."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ..errors import InvalidRequest
from .field_kinds import Label, Tags, UploadId
from .names import UPLOAD_ID, check_label
from .requests import Executor, check_executor, check_tags
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
    """

    kind: Literal["function"]
    function: UploadedFunction
    name: Label | None = None
    stages: Annotated[
        list[Label],
        msgspec.Meta(extra_json_schema={"maxItems": STAGES_LIMIT, "uniqueItems": True}),
    ] = []
    tags: Tags = []
    executor: Executor | None = None


def check_function_request(request: FunctionRequest) -> FunctionRequest:
    """Check all of a request that needs no disk; returns it.

    Raises
    ------
    InvalidRequest
        With the path of the first field that is wrong.
    """
    if request.name is not None:
        check_label("name", request.name)
    check_tags(request.tags)
    check_stage_ids("stages", request.stages)
    check_executor(request.executor)
    if not UPLOAD_ID.fullmatch(request.function.upload):
        raise InvalidRequest(
            "function.upload", "is no upload's id; expected the 'id' that POST uploads answered"
        )
    return request
