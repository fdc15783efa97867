"""Addresses at which there is nothing, verbs that one does not take, and queries gone wrong."""

from __future__ import annotations

from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_progress.server.handlers.routes import API_ROUTES

from .test_access import NEEDS, RUN

VERBS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "PROPFIND")


async def reach(jp_fetch: Any, verb: str, path: str, **more: Any) -> Any:
    body = b"" if verb in ("POST", "PATCH", "PUT") else None
    try:
        return await jp_fetch(
            *path.split("/"), method=verb, body=body, allow_nonstandard_methods=True, **more
        )
    except HTTPClientError as error:
        return error.response


async def test_verbs_that_a_route_does_not_take_are_405_and_told_which_it_takes(ask: Any) -> None:
    # One route takes stop, cancel and resume.
    assert len(API_ROUTES) + 2 == len(NEEDS)
    for path, methods in NEEDS.items():
        for verb in set(VERBS) - set(methods):
            answer = await ask(verb, path, allow_nonstandard_methods=True)
            assert answer.status == 405, (verb, path)
            allowed = set(answer.headers["Allow"].split(", ")) - {"OPTIONS"}
            assert allowed == set(methods), path
            assert answer.headers["Content-Type"].startswith("application/json")
            if verb != "HEAD":
                assert answer.json["reason"] == "method_not_allowed"
                assert set(answer.json) == {"message", "reason", "retryable"}


@pytest.mark.parametrize(
    "path",
    ["api", "api/v1", "api/v2/status", "api/v1/statuses",
     f"api/v1/runs/{RUN}/pause", "api/v1/runs/a/b/c",
     "api/v1/models/m/x/artifact", "api/v1/%2e%2e/status"],
)  # fmt: skip
async def test_unknown_addresses_of_the_interface_are_404_in_its_shape(
    jp_fetch: Any, path: str
) -> None:
    for verb in VERBS[:-1]:
        answer = await reach(jp_fetch, verb, f"jupyter-progress/{path}")
        assert answer.code == 404, verb
        assert answer.headers["Content-Type"].startswith("application/json")
        assert verb == "HEAD" or b'"reason":"not_found"' in answer.body


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("POST", "", 405), ("DELETE", "", 405), ("PROPFIND", "", 405),
        ("POST", "static/page.js", 405), ("GET", "static/none.js", 404),
        ("GET", "static/", 404), ("GET", "nothing", 404), ("POST", "nothing/here", 404),
        ("GET", "apis", 404), ("PUT", "index.html", 404), ("GET", "%3Cscript%3E", 404),
    ],
)  # fmt: skip
async def test_errors_beside_the_interface_are_a_line_of_plain_text(
    jp_fetch: Any, verb: str, path: str, status: int
) -> None:
    answer = await reach(jp_fetch, verb, f"jupyter-progress/{path}")
    assert answer.code == status
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert len(answer.body.decode().splitlines()) == 1
    assert b"<" not in answer.body


# What each key of each query must not be; every key is also tried twice, and an unknown one.
WHOLE = ("", "x", "-1", "1.5", "nan", "inf", "1e3", "0x10", "1_0", " 1", "9" * 19, "9" * 400, "%00")
NUMBER = ("", "x", "nan", "inf", "-inf", "1e999", "1_0", " 1", "0x1", "9" * 400)
LONG = ("y" * 501,)
QUERIES: dict[str, dict[str, tuple[str, ...]]] = {
    "status": {},
    "events": {"log_id": LONG, "since": WHOLE, "limit": (*WHOLE, "0", "5001")},
    "stream": {"log_id": LONG, "since": WHOLE},
    "health": {},
    "health/history": {"minutes": (*NUMBER, "-1", "1441"), "form": ("", "rows", "COLUMNS")},
    "activity": {
        "level": ("", "loud", "INFO"), "kind": ("k" * 61,),
        "words": ("w" * 201,), "limit": (*WHOLE, "0", "501"),
        "before": (*WHOLE, "0"), "run_id": ("", "x", "..", f"{RUN}/", f"{RUN}\n", "%00"),
    },
    "runs": {
        "status": ("", "done", "QUEUED"), "tag": LONG, "limit": (*WHOLE, "0", "201"),
        "q": ("w" * 201, "a b c d e f g h i j k"), "estimator": ("", *LONG),
        "metric": (
            "", "x", "test.a", "accuracy>1", *LONG,
            *(f"test.a>{text}" for text in NUMBER if text != " 1"),
        ),
        "sort": ("", "age", "-newest", "test.", "NAME", "test.a\0", "test.\n", *LONG),
        "before": (
            "", "x", "1", RUN, f"-1-{RUN}", f"{'9' * 19}-{RUN}", f"1.5-{RUN}", "1-../x",
            f"1-{RUN}.", f"1-{RUN}.a", f"1-{RUN}.W10", f"1-{RUN}.{'a' * 4001}", f"1-{RUN}.=",
        ),
    },
    "facets": {},
    f"runs/{RUN}": {},
    f"runs/{RUN}/metrics": {
        "names": ("n" * 10_001,), "max_points": (*WHOLE, "1", "100001"),
        "since_step": (*NUMBER, "2.6e+16", "-1e16"),
    },
    f"runs/{RUN}/candidates": {"limit": (*WHOLE, "0", "100001")},
    f"runs/{RUN}/output": {"tail": (*WHOLE, "0", "10001")},
    "models": {}, "models/m": {}, "models/m/1/artifact": {}, "datasets": {},
    "openapi.json": {}, "estimators": {},
}  # fmt: skip

# What may be there several times, and how often is too often.
SEVERAL = {"runs": {"status", "tag", "estimator", "metric"}}


def test_table_of_queries_has_every_route_that_is_read() -> None:
    assert set(QUERIES) == {path for path, methods in NEEDS.items() if "GET" in methods}


@pytest.mark.parametrize("path", QUERIES)
async def test_query_that_cannot_be_right_is_400_and_names_the_key(ask: Any, path: str) -> None:
    for key, values in QUERIES[path].items():
        for value in values:
            answer = await ask("GET", path, params={key: value})
            told = f"{key}={value[:40]}: {answer.status} {answer.body[:300]!r}"
            # Beyond the head is no mistake: it is answered with a snapshot.
            if path not in ("events", "stream") or key != "since" or not value.startswith("9"):
                assert len(answer.body) < 1000, told
                assert (answer.status, answer.json["reason"]) == (400, "invalid_request"), told
                assert key in answer.json["message"] or answer.json["message"].startswith(
                    "this address is a WebSocket"
                ), told
        often = 21 if key in SEVERAL.get(path, ()) else 2
        answer = await ask("GET", path, params=[(key, "1")] * often)
        assert answer.status == 400, key
        assert key in answer.json["message"]
    answer = await ask("GET", path, params={"sinse": "1"})
    assert (answer.status, answer.json["reason"]) == (400, "unknown_key")
    assert "sinse" in answer.json["message"]
