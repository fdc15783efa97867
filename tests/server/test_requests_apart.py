"""Queries and idempotency keys, without a server."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from pathlib import Path

import pytest

from jupyter_progress.errors import Conflict, InvalidRequest, UnknownKey
from jupyter_progress.notebook.server_backend import joined_names
from jupyter_progress.server.handlers.query import Query
from jupyter_progress.server.handlers.run_parts import split_names
from jupyter_progress.server.idempotency import KEPT_S, IdempotencyKeys


def test_query_takes_only_what_it_knows() -> None:
    with pytest.raises(UnknownKey, match="limt: is not known here; expected: limit"):
        Query({"limt": [b"3"]}, ("limit",))
    Query({"token": [b"x"], "1732": [b""], "_xsrf": [b"y"]}, ())


@pytest.mark.parametrize("text", ["x", "1.5", "", "-1", "101", "٣", "1e2", "9" * 40])
def test_whole_number_within_its_limits(text: str) -> None:
    query = Query({"limit": [text.encode()]}, ("limit",))
    with pytest.raises(InvalidRequest, match="limit"):
        query.whole("limit", 7, 0, 100)
    assert Query({}, ("limit",)).whole("limit", 7, 0, 100) == 7


def test_number_is_no_nan() -> None:
    query = Query({"since_step": [b"nan"], "x": [b"\xff"]}, ("since_step", "x"))
    with pytest.raises(InvalidRequest):
        query.number("since_step", None, 0, 10)
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        query.text("x")


def never(_run_id: str) -> bool:
    """For a run that nobody deletes."""
    return False


def test_key_gives_the_same_run_again_and_refuses_another_request(tmp_path: Path) -> None:
    keys = IdempotencyKeys(tmp_path / "keys")
    first = keys.reserve("a key / with ../ in it", b"body", never)
    assert (
        IdempotencyKeys(tmp_path / "keys").reserve("a key / with ../ in it", b"body", never)
        == first
    )
    assert keys.reserve("another", b"body", never).run_id != first.run_id
    with pytest.raises(Conflict) as caught:
        keys.reserve("another", b"other", never)
    assert pickle.loads(pickle.dumps(caught.value)).to_wire() == caught.value.to_wire()
    with pytest.raises(InvalidRequest):
        keys.reserve("k" * 300, b"", never)


def test_old_keys_are_forgotten(tmp_path: Path) -> None:
    keys = IdempotencyKeys(tmp_path)
    first = keys.reserve("k", b"", never)
    written = next(tmp_path.iterdir()).stat().st_mtime
    keys.forget_old(written + KEPT_S - 10)
    assert keys.reserve("k", b"", never) == first
    keys.forget_old(written + KEPT_S + 10)
    assert keys.reserve("k", b"", never) != first


def test_key_of_a_run_that_is_gone_stands_for_the_next_one_everywhere(tmp_path: Path) -> None:
    gone: set[str] = set()
    keys = IdempotencyKeys(tmp_path)
    for _ in range(3):
        found = keys.reserve("k", b"body", gone.__contains__)
        assert found.run_id not in gone
        # Of another server on this data directory, and after a restart.
        assert IdempotencyKeys(tmp_path).reserve("k", b"body", gone.__contains__) == found
        with pytest.raises(Conflict):
            keys.reserve("k", b"other", gone.__contains__)
        gone.add(found.run_id)
    # What leads to a key that is in use is kept for as long.
    last = keys.reserve("k", b"body", gone.__contains__)
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    assert keys.reserve("k", b"body", gone.__contains__) == last
    newest = tmp_path / f"{hashlib.sha256(b'k').hexdigest()}-{found.run_id}.json"
    newest.touch()
    keys.forget_old(time.time())
    assert keys.reserve("k", b"body", gone.__contains__) == last


def test_names_of_series_are_split_as_they_were_joined() -> None:
    names = ["loss", "a,b", "50%", "%2C", "a%252C,", ",%"]
    assert split_names(joined_names(names)) == names
    assert split_names("a,b,,50%") == ["a", "b", "50%"]
