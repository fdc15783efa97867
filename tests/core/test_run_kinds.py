"""The kind of a run that is asked for, and what a body without keys says of one that has some."""

from __future__ import annotations

import pytest

from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import Nothing
from jupyter_progress.core.run_requests import KINDS, read_run_request
from jupyter_progress.errors import InvalidRequest


@pytest.mark.parametrize("kind", ["magic", "", "Pipeline", "x" * 10_000])
def test_unknown_kind_names_all_there_are(kind: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^kind: is '") as raised:
        read_run_request({"kind": kind})
    assert all(repr(known) in str(raised.value) for known in KINDS)
    assert len(str(raised.value)) < 250


@pytest.mark.parametrize("kind", [None, 3, ["external"], {}])
def test_kind_of_another_type_is_refused(kind: object) -> None:
    with pytest.raises(InvalidRequest, match="kind"):
        read_run_request({"kind": kind})


def test_body_that_is_to_be_empty_says_so() -> None:
    with pytest.raises(InvalidRequest, match="x: is not known here; expected no key at all"):
        read_request({"x": 1}, Nothing)
