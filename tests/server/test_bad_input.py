"""Bad input is refused with a reason and a message that names the field; nothing is started."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from jupyter_progress.server.handlers.base import READ_AWAY_BYTES

from .conftest import DIGITS

RUN = "20260101-000000-00000000"


def digits(**changes: Any) -> dict[str, Any]:
    return {**DIGITS, **changes}


def file(path: str, target: str = "label") -> dict[str, Any]:
    return digits(dataset={"source": "file", "path": path, "target": target})


def forest(**params: Any) -> dict[str, Any]:
    return digits(estimator={"class": "sklearn.ensemble.RandomForestClassifier", "params": params})


# body, status, reason, what the message names
BODIES = [
    (b"{", 400, "malformed_body", "JSON"),
    (b"\xff\xfe", 400, "malformed_body", "UTF-8"),
    (b"", 400, "malformed_body", "JSON"),
    (b"[" * 100_000, 400, "malformed_body", "nested"),
    (b'{"name": NaN}', 400, "malformed_body", "JSON"),
    (b"[]", 400, "invalid_request", "object"),
    (b"null", 400, "invalid_request", "object"),
    (b'"text"', 400, "invalid_request", "object"),
    (b"{}", 400, "invalid_request", "dataset"),
    (digits(nam="x"), 400, "unknown_key", "nam"),
    (digits(name=3), 400, "invalid_request", "name"),
    (digits(name="a\0b"), 400, "invalid_request", "name"),
    (digits(split={"test": 0.7, "validation": 0.5}), 400, "invalid_request", "split"),
    (digits(split={"tset": 0.7}), 400, "unknown_key", "split.tset"),
    (digits(dataset={"source": "sklearn", "name": "digts"}), 400, "unknown_dataset", "digits"),
    (digits(dataset={"source": "url", "name": "x"}), 400, "invalid_request", "dataset.source"),
    (digits(dataset="digits"), 400, "invalid_request", "dataset"),
    (file("missing.csv"), 400, "file_not_readable", "missing.csv"),
    (file("../secret.csv"), 400, "path_not_allowed", "path"),
    (file("/etc/passwd"), 400, "path_not_allowed", "path"),
    (file(".hidden.csv"), 400, "path_not_allowed", "hidden"),
    (file("link.csv"), 400, "path_not_allowed", "path"),
    (file("good.csv", "lable"), 400, "unknown_column", "label"),
    (file("empty.csv"), 400, "unsuitable_data", "empty"),
    (file("one_class.csv"), 400, "unsuitable_data", "class"),
    (file("nan_target.csv"), 400, "unsuitable_data", "dataset.target"),
    (
        digits(dataset={"source": "upload", "id": "0" * 32, "target": "y"}),
        404,
        "unknown_upload",
        "0000",
    ),
    (
        digits(estimator={"class": "sklearn.ensemble.RandomForestClasifier"}),
        400,
        "unknown_estimator",
        "RandomForestClassifier",
    ),
    (digits(estimator={"class": "os.system"}), 400, "estimator_not_allowed", "sklearn"),
    (digits(estimator={"class": "sklearn.svm.SVC()"}), 400, "invalid_request", "estimator.class"),
    (forest(n_estimator=3), 400, "invalid_parameter", "n_estimators"),
    (forest(n_estimators=-3), 400, "invalid_parameter", "n_estimators"),
    (forest(max_depth="deep"), 400, "invalid_parameter", "max_depth"),
]


@pytest.fixture
def data_files(jp_root_dir: Any, tmp_path: Any) -> None:
    rows = "\n".join(f"{i},{i * 2},{'a' if i % 2 else 'b'}" for i in range(60))
    one = "\n".join(f"{i},{i * 2},a" for i in range(60))
    holes = "\n".join(f"{i},{i * 2},{'' if i == 7 else i % 2}" for i in range(60))
    (jp_root_dir / "good.csv").write_text(f"x1,x2,label\n{rows}\n")
    (jp_root_dir / "one_class.csv").write_text(f"x1,x2,label\n{one}\n")
    (jp_root_dir / "nan_target.csv").write_text(f"x1,x2,label\n{holes}\n")
    (jp_root_dir / "empty.csv").write_text("")
    (jp_root_dir / ".hidden.csv").write_text(f"x1,x2,label\n{rows}\n")
    (tmp_path / "secret.csv").write_text(f"x1,x2,label\n{rows}\n")
    (jp_root_dir / "link.csv").symlink_to(tmp_path / "secret.csv")


async def test_bad_run_requests_are_refused_and_start_nothing(
    ask: Any, data_files: None, services: Any
) -> None:
    for body, status, reason, named in BODIES:
        answer = await ask("POST", "runs", body)
        told = f"{str(body)[:120]}: {answer.status} {answer.body[:300]!r}"
        assert (answer.status, answer.json["reason"]) == (status, reason), told
        assert named in answer.json["message"], told
        assert "Traceback" not in answer.json["message"], told
        assert answer.json["retryable"] is False, told
    assert services.data.run_ids() == []
    assert (await ask("GET", "runs")).json == {"runs": [], "next": None, "total": 0}


async def test_unknown_ids_are_404(ask: Any) -> None:
    for run_id in (RUN, "x", "..%2f..", "%00", "a" * 3000):
        for method, path in (
            ("GET", "runs/{}"), ("DELETE", "runs/{}"), ("POST", "runs/{}/stop"),
            ("POST", "runs/{}/cancel"), ("GET", "runs/{}/metrics"), ("GET", "runs/{}/output"),
        ):  # fmt: skip
            answer = await ask(method, path.format(run_id.replace("%2f", "_")))
            assert (answer.status, answer.json["reason"]) == (404, "unknown_run"), (run_id, path)
    answer = await ask("PATCH", f"runs/{RUN}", {"name": "x"})
    assert answer.json["reason"] == "unknown_run"
    for method, path, body in (
        ("GET", "models/none", None), ("GET", "models/none/1/artifact", None),
        ("POST", "models/none/deploy", {"version": 1}),
        ("POST", "models/none/predict", {"rows": []}),
    ):  # fmt: skip
        answer = await ask(method, path, body)
        assert (answer.status, answer.json["reason"]) == (404, "unknown_model"), path


async def test_body_over_the_limit_is_refused_before_it_is_read(
    ask: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str], services: Any
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    head = (
        f"POST {jp_base_url}jupyter-progress/api/v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {jp_auth_header['Authorization']}\r\nContent-Length: 400000000\r\n\r\n"
    )
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(4096), 10)
    writer.close()
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert b"body_too_large" in answer
    whole = await ask("POST", "activity", b" " * (services.options.max_body_bytes + 1))
    assert (whole.status, whole.json["reason"]) == (413, "body_too_large")


async def test_refusal_before_the_body_is_read_leaves_a_client_that_keeps_connections_going(
    ask: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str], services: Any
) -> None:
    api = f"{jp_base_url}jupyter-progress/api/v1/"
    limit = services.options.max_body_bytes
    assert (await ask("GET", "runs")).status == 200
    wrong = {"Authorization": "token wrong"}
    refused: list[tuple[str, str, bytes | None, dict[str, str], int, bool]] = [
        ("POST", "activity", b" " * (limit + 1), {}, 413, False),
        ("POST", "uploads?format=exe", b"x" * 300_000, {}, 400, False),
        ("POST", "uploads?form=csv", b"x", {}, 400, True),
        ("POST", "activity", b"{}", wrong, 403, True),
        ("GET", "runs", None, wrong, 403, True),
        ("POST", "uploads?format=exe", b"x", {"Content-Length": str(1 << 30)}, 400, True),
        ("POST", "activity", b"x", {"Content-Length": str(2 * READ_AWAY_BYTES)}, 413, True),
    ]

    def go() -> None:
        for verb, path, body, more, status, closes in refused:
            client = http.client.HTTPConnection("127.0.0.1", jp_http_port, timeout=10)
            client.request(verb, api + path, body, {**jp_auth_header, **more})
            answer = client.getresponse()
            assert answer.status == status, path
            assert json.loads(answer.read())["message"]
            assert (answer.getheader("Connection") == "close") == closes, (path, more)
            for _ in range(2):
                client.request("GET", api + "runs", headers=jp_auth_header)
                answer = client.getresponse()
                assert (answer.status, json.loads(answer.read())["runs"]) == (200, [])
                assert answer.getheader("Connection") != "close"
            client.close()

    await asyncio.to_thread(go)


async def test_client_that_sends_all_before_it_reads_hears_why_its_large_body_is_refused(
    ask: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    url = f"http://127.0.0.1:{jp_http_port}{jp_base_url}jupyter-progress/api/v1/runs"

    def send(size_bytes: int) -> dict[str, Any]:
        request = urllib.request.Request(url, b" " * size_bytes, jp_auth_header, method="POST")
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=30)
        with refusal.value as answer:
            assert answer.code == 413
            return dict(json.loads(answer.read()))

    for megabytes in (2, 9, 50):
        told = await asyncio.to_thread(send, megabytes << 20)
        assert told["reason"] == "body_too_large"


async def test_number_that_no_float_holds_is_refused_wherever_it_stands(
    ask: Any, services: Any
) -> None:
    huge = 10**400
    for body in (digits(max_overhead=huge), forest(max_depth=huge)):
        answer = await ask("POST", "runs", json.dumps(body).encode())
        assert (answer.status, answer.json["reason"]) == (400, "malformed_body")
    table = services.options.root_dir / "huge.csv"
    linear = {"class": "sklearn.linear_model.LinearRegression"}
    for row, words in ((f"{'9' * 400},{{}}", "too large"), (f"{{}},{'9' * 400}", "64 bits")):
        table.write_text("a,label\n" + "".join(row.format(i) + "\n" for i in range(60)))
        for asked in (file("huge.csv"), {**file("huge.csv"), "estimator": linear}):
            answer = await ask("POST", "runs", asked)
            assert (answer.status, answer.json["reason"]) == (400, "unsuitable_data")
            assert words in answer.json["message"]
    assert services.data.run_ids() == []


async def test_offset_beyond_the_head_is_answered_with_a_snapshot_however_long(ask: Any) -> None:
    for since in ("9" * 18, "9" * 19, "9" * 20, "9" * 400):
        answer = await ask("GET", "events", params={"since": since})
        assert answer.status == 200, since
        assert (answer.json["recovered"], answer.json["events"]) == (False, [])
        assert answer.json["snapshot"]["offset"] == answer.json["offset"]


async def test_bad_queries_name_the_key(ask: Any) -> None:
    for path, params in (
        ("events", {"since": "x"}), ("events", {"limit": "0"}), ("events", {"limit": "5001"}),
        ("events", {"sinse": "1"}), ("runs", {"status": "done"}), ("runs", {"before": "../x"}),
        ("activity", {"level": "loud"}), ("health/history", {"minutes": "-1"}),
        ("activity", {"before": "x"}),
    ):  # fmt: skip
        answer = await ask("GET", path, params=params)
        assert answer.status == 400, (path, params)
        assert next(iter(params)) in answer.json["message"]


async def test_bad_notes_and_changes_are_refused(ask: Any) -> None:
    for body, named in (
        ({"text": " "}, "text"), ({"text": "x" * 30_000}, "text"), ({"txt": "x"}, "txt"),
        ({"text": "x", "level": "l"}, "level"), ({}, "text"),
    ):  # fmt: skip
        answer = await ask("POST", "activity", body)
        assert answer.status == 400
        assert named in answer.json["message"]
    answer = await ask("POST", "activity", {"text": "x", "run_id": RUN})
    assert answer.status == 404
    run = (await ask("POST", "runs", {"kind": "external", "name": "far \u200f away"})).json[
        "run_id"
    ]
    for turning in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        text = f"gpj{turning}exe"
        for method, path, body in (
            ("POST", "activity", {"text": text}),
            ("POST", "runs", {"kind": "external", "name": text}),
            ("PATCH", f"runs/{run}", {"name": text}),
            ("PATCH", f"runs/{run}", {"tags": [text]}),
            ("PATCH", f"runs/{run}", {"notes": text}),
        ):
            answer = await ask(method, path, body)
            assert answer.status == 400, (path, body)
            assert f"holds the control character {turning!r}" in answer.json["message"]


async def test_uploads_are_refused_without_a_known_format_or_a_body(ask: Any) -> None:
    for params, body in (({}, b"x"), ({"format": "exe"}, b"x"), ({"format": "csv"}, b"")):
        answer = await ask("POST", "uploads", body, params=params)
        assert answer.status == 400, (params, answer.body)
    answer = await ask("POST", "uploads", b"a,b\n1,2\n", params={"format": "csv"})
    assert answer.status == 201
    assert set(answer.json) == {"id", "sha256", "size_bytes"}


async def test_unexpected_error_says_nothing_about_the_inside(
    ask: Any, services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(services.registry, "summaries", broken)
    answer = await ask("GET", "models")
    assert (answer.status, answer.json["reason"]) == (500, "internal_error")
    assert "secret" not in json.dumps(answer.json)
