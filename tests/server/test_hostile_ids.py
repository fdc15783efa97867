"""Ids, names and paths that try to get elsewhere, in every encoding: 4xx in words, nothing read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_progress.server.openapi.operations import OPERATIONS

from .conftest import DIGITS
from .raw import RawClient

RUN = "20260101-000000-00000000"
SECRET = "the secret of the test"
# As they stand in the request line; the first twelve differ only in their encoding.
IDS = (
    "..", "../..", "..%2f..", "%2e%2e", "%2e%2e%2f%2e%2e%2fsecret", "%252e%252e%252fsecret",
    "..%5c..%5csecret", "..\\..\\secret", "%c0%ae%c0%ae%c0%afsecret", "%e0%80%ae%e0%80%ae/secret",
    "%u002e%u002e%u2215secret", "%ef%bc%8e%ef%bc%8e%ef%bc%8fsecret",
    "%e2%80%a4%e2%80%a4%e2%88%95secret", "....//secret", ".", "%2e", "%20", "~", "$HOME", "-",
    "/etc/passwd", "%2fetc%2fpasswd", "file:%2f%2f%2fetc%2fpasswd", "C:%5cboot.ini", "CON",
    "%00", f"{RUN}%00", f"{RUN}%0a", f"{RUN}%2f..", f"{RUN}.", f"{RUN}%20", f"%20{RUN}",
    "%D9%A2%D9%A0%D9%A2%D9%A6%D9%A0%D9%A1%D9%A0%D9%A1-000000-00000000",
    RUN.replace("0", "%EF%BC%90"),
    "%ff%fe", "%f0%9f", "%ed%a0%80", "%", "%zz", "%0d%0aX-Injected:%20yes", "a%3bb", "*", "'%3b--",
    "%3Cscript%3Ealert(1)%3C%2fscript%3E", "a" * 10_000, "%c3%b1" * 1000, "1e999", "NaN", "null",
)  # fmt: skip
PATHS = sorted(
    {(o.method, o.path) for o in OPERATIONS if "{run_id}" in o.path or "{name}" in o.path}
)


@pytest.fixture(autouse=True)
def secret(tmp_path: Path, jp_root_dir: Path, own_data_dir: Path) -> None:
    for folder in (tmp_path, jp_root_dir.parent, own_data_dir.parent):
        (folder / "secret").write_text(SECRET)
        (folder / "secret.csv").write_text(f"a,b\n{SECRET},1\n")


def check(told: Any, status: int, head: bytes, body: bytes) -> None:
    assert 400 <= status < 500, told
    assert SECRET.encode() not in body, told
    assert b"root:" not in body, told
    assert b"\nX-Injected" not in head, told
    assert b"Traceback" not in body, told
    assert len(body) < 1000, told


@pytest.mark.parametrize(("method", "template"), PATHS)
async def test_id_that_is_none_is_refused_in_every_encoding(
    raw: RawClient, method: str, template: str
) -> None:  # fmt: skip
    body = b"{}" if method in ("POST", "PATCH") else None
    for text in IDS:
        path = template.replace("{run_id}", text).replace("{name}", text).replace("{version}", "1")
        answer = await raw.ask(method, f"api/v1/{path}", body)
        told = (method, path[:100], answer.status, answer.body[:200])
        check(told, answer.status, answer.head, answer.body)
        if answer.body and b"application/json" in answer.head:
            assert set(json.loads(answer.body)) == {"message", "reason", "retryable"}, told
            assert b"nosniff" in answer.head, told
        # What is not answered in the interface's shape never came to it: no sound request line.
        else:
            assert answer.status == 400, told


@pytest.mark.parametrize("version", ["0", "-1", "1.0", "01e1", "9" * 400, "%31%00", "..", "x"])
async def test_version_that_is_none_is_refused(raw: RawClient, version: str) -> None:
    answer = await raw.ask("GET", f"api/v1/models/m/{version}/artifact")
    assert answer.status == 404
    assert json.loads(answer.body)["reason"] in ("unknown_model", "not_found")


async def test_static_files_are_those_of_the_front_end_only(raw: RawClient) -> None:
    for text in (*IDS, "..%2fassets.py", "%2e%2e%2fassets.py", "page.js%00.css", "page.js/..%2f.."):
        answer = await raw.ask("GET", f"static/{text}")
        told = (text[:100], answer.status, answer.body[:200])
        check(told, answer.status, answer.head, answer.body)
        if answer.status != 400:
            assert b"nosniff" in answer.head, told


FILES = (
    "../secret.csv", "..\\secret.csv", "./../secret.csv", "a/../../secret.csv", "..", ".", "/",
    "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "~/secret.csv", "$HOME/secret.csv",
    "%2e%2e/secret.csv", "..%2fsecret.csv", "．．/secret.csv", "․․/secret.csv", "..／secret.csv",
    "secret.csv\0.csv", "\0", "good.csv/../../secret.csv", "link.csv", "link/secret.csv",
    ".hidden.csv", "a/.hidden/x.csv", "x" * 10_000, "ñ" * 300,
    "\\\\host\\share\\x.csv", "C:\\x.csv",
    "good.csv\n", " good.csv", "-", "|cat secret.csv", "`id`", "<script>", "http://127.0.0.1/x.csv",
)  # fmt: skip


async def test_data_file_elsewhere_is_refused_in_every_spelling(
    ask: Any, jp_root_dir: Path, tmp_path: Path, services: Any
) -> None:
    (jp_root_dir / "good.csv").write_text("a,b\n" + "1,x\n2,y\n" * 30)
    (jp_root_dir / "link.csv").symlink_to(tmp_path / "secret.csv")
    (jp_root_dir / "link").symlink_to(tmp_path)
    for path in FILES:
        dataset = {"source": "file", "path": path, "target": "b"}
        answer = await ask("POST", "runs", {**DIGITS, "dataset": dataset})
        told = (path[:60], answer.status, answer.body[:300])
        assert answer.status == 400, told
        assert answer.json["reason"] in ("path_not_allowed", "file_not_readable"), told
        assert "dataset.path" in answer.json["message"], told
        assert SECRET not in answer.json["message"], told
    assert services.data.run_ids() == []


async def test_ids_in_bodies_and_queries_are_held_to_their_alphabet(
    ask: Any, services: Any
) -> None:
    hostile = ("..", "../../secret", "%2e%2e", "/etc/passwd", "a\0b", "．．", "x" * 10_000, "", " ")
    before = services.data.path
    written = {path for path in before.rglob("*") if path.is_dir()}
    for text in hostile:
        calls = (
            ("POST", "runs", {**DIGITS, "dataset": {"source": "upload", "id": text}}),
            ("POST", "runs", {**DIGITS, "estimator": {"upload": text}}),
            ("POST", "runs", {**DIGITS, "register_as": text}),
            ("POST", "runs", {**DIGITS, "estimator": {"class": f"sklearn.{text}"}}),
            ("POST", "activity", {"text": "x", "run_id": text}),
            ("POST", "models/m/deploy", {"run_id": text}),
            ("POST", f"runs/{RUN}/register", {"name": text}),
        )
        for method, path, body in calls:
            answer = await ask(method, path, body)
            told = (path, text[:60], answer.status, answer.body[:200])
            assert answer.status in (400, 404), told
            assert len(answer.body) < 1000, told
        for path, key in (("runs", "before"), ("events", "since"), ("activity", "before")):
            if text:
                answer = await ask("GET", path, params={key: text})
                assert answer.status == 400, (path, key, text[:60])
    assert {path for path in before.rglob("*") if path.is_dir()} == written
    assert services.data.run_ids() == []


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{7*7}}${7*7}"


@pytest.mark.slow
async def test_script_in_a_name_comes_back_as_json_that_no_browser_runs(
    ask: Any, jp_fetch: Any, until_ended: Any
) -> None:
    slow = {
        "dataset": {"source": "sklearn", "name": "iris"},
        "estimator": {"class": "sklearn.svm.SVC"},
    }
    started = await ask("POST", "runs", {**slow, "name": SCRIPT, "tags": [SCRIPT]})
    assert started.status == 201
    run_id = started.json["run_id"]
    assert (await ask("PATCH", f"runs/{run_id}", {"notes": SCRIPT})).json["notes"] == SCRIPT
    assert (await ask("POST", "activity", {"text": SCRIPT})).json["text"] == SCRIPT
    await until_ended(run_id)
    for path in (
        "status",
        "runs",
        f"runs/{run_id}",
        "activity",
        "events?since=0",
        f"runs/{SCRIPT}",
    ):
        where, _, query = path.partition("?")
        params = {"since": "0"} if query else {}
        answer = await ask(
            "GET", where.replace("/alert", "%2falert").replace("</", "<%2f"), params=params
        )
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    page = (await jp_fetch("jupyter-progress/")).body.decode()
    assert "alert" not in page


async def test_names_of_ten_kilobytes_are_refused_by_their_field(ask: Any) -> None:
    long = "n" * 10_000
    for body, field in (
        ({"name": long}, "name"), ({"tags": [long]}, "tags[0]"),
        ({"register_as": long}, "register_as"),
        ({"estimator": {"class": long}}, "estimator.class"), ({"scoring": long}, "scoring"),
        ({"dataset": {"source": "sklearn", "name": long}}, "dataset.name"), ({long: 1}, "n"),
        ({"dataset": {"source": long}}, "dataset.source"),
        ({"estimator": {"class": "sklearn.svm.SVC", "params": {long: 1}}}, "estimator.params"),
        ({"dataset": {"source": "sklearn", "name": "iris", long: "x"}}, "dataset"),
    ):  # fmt: skip
        answer = await ask("POST", "runs", {**DIGITS, **body})
        assert answer.status == 400, (field, answer.body[:200])
        assert answer.json["message"].startswith(field), (field, answer.body[:200])
        assert len(answer.body) < 1500, field
