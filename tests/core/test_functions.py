"""A function that is asked for: each refusal names the field and what was expected."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_progress.core.functions import FunctionRequest
from jupyter_progress.core.run_requests import kept_request_of, read_run_request
from jupyter_progress.errors import InvalidRequest

FUNCTION = {"kind": "function", "function": {"upload": "0" * 32}}


def test_function_is_read_with_its_defaults() -> None:
    found = read_run_request({**FUNCTION, "stages": ["load", "train"]})
    assert isinstance(found, FunctionRequest)
    assert (found.stages, found.tags, found.name) == (["load", "train"], [], None)
    assert kept_request_of(msgspec.to_builtins(found)) == found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"function": {}}, "function.upload: is missing"),
        ({"function": {"upload": "../key"}}, "function.upload: is no upload's id"),
        ({"function": {"upload": "0" * 32, "args": []}}, "expected one of: upload"),
        ({"function": "print"}, "function: is a string; expected an object"),
        ({"stages": "train"}, "stages: is a string; expected a list"),
        ({"stages": [3]}, "expected a string"),
        ({"stages": ["a\x00"]}, "stages[0]: holds the control character"),
        ({"stages": ["a", "b", "a"]}, "stages[2]: is 'a' for the second time"),
        ({"stages": [str(n) for n in range(201)]}, "stages: has 201 entries; at most 200"),
        ({"name": "\u202ereversed"}, "name: holds the control character"),
        ({"time_limit": 0}, "time_limit: is 0"),
        ({"time_limit": "1h"}, "time_limit: is a string; expected a number"),
        ({"tags": [""]}, "tags[0]: is empty"),
        ({"dataset": {}}, "dataset: is not known here; expected one of: kind, function, name"),
        ({"executor": {"sys_path": ["a\0"]}}, "executor.sys_path[0]: holds a NUL byte"),
        ({"kind": "own"}, "kind"),
    ],
)
def test_function_that_does_not_fit_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_run_request({**FUNCTION, **changes})
    assert words in str(refused.value)
