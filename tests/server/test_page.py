"""The page's shell and files, what the server imports, and health from thresholds to the feed."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_progress.panel.assets import BUILT, PACKAGED

THRESHOLDS = {"memory.percent": {"yellow": 0.0, "margin": 0.0}}


@pytest.fixture
def extension_config() -> dict[str, Any]:
    return {
        "thresholds": THRESHOLDS,
        "sample_interval_s": 0.2,
        "watched_sample_interval_s": 0.2,
    }


async def test_shell_has_its_address_and_lets_nothing_foreign_run(
    jp_fetch: Any, jp_base_url: str
) -> None:
    answer = await jp_fetch("jupyter-progress/")
    text = answer.body.decode()
    match = re.search(
        r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', text
    )
    assert match
    assert json.loads(match[1]) == {"baseUrl": jp_base_url, "wsUrl": ""}
    assert f'src="{jp_base_url}jupyter-progress/static/page.js"' in text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert set(directives) >= {"frame-ancestors", "base-uri", "form-action", "connect-src"}
    assert directives["frame-ancestors"] == "'self'"
    assert directives["style-src"] == directives["script-src"] == "'self'"
    assert directives["base-uri"] == directives["form-action"] == "'none'"
    host = answer.request.headers.get("Host") or urlsplit(answer.request.url).netloc
    assert set(directives["connect-src"].split()) == {"'self'", f"ws://{host}", f"wss://{host}"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*(src|type=\"application/json\"))", text)
    assert not re.search(r"\son\w+=|\sstyle=", text)


async def test_host_that_is_none_does_not_get_into_the_policy(
    http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str], jp_serverapp: Any
) -> None:
    jp_serverapp.web_app.settings["allow_remote_access"] = True
    for host in ("*", "a; script-src *", "a b", "x' 'unsafe-inline", "ñ", "a/b", "https:"):
        answer = await http_server_client.fetch(
            f"{jp_base_url}jupyter-progress/",
            headers={**jp_auth_header, "Host": host},
            raise_error=False,
        )
        if answer.code == 200:
            policy = answer.headers["Content-Security-Policy"]
            assert "connect-src 'self';" in policy, host
            assert policy.count("script-src") == 1


@pytest.mark.parametrize("path", ["", "static/page.js", "static/page.css", "static/none.js", "x"])
async def test_no_answer_beside_the_interface_is_sniffed_framed_or_kept(
    jp_fetch: Any, path: str
) -> None:
    try:
        answer = await jp_fetch(f"jupyter-progress/{path}")
    except HTTPClientError as error:
        answer = error.response
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    # What has no secret in it is kept, and asked about each time.
    expected = "no-cache" if answer.code == 200 and path else "no-store"
    assert answer.headers["Cache-Control"] == expected


async def test_files_are_for_those_who_are_logged_in_and_sent_once(
    jp_fetch: Any, tmp_path: Any
) -> None:
    is_built = any((folder / "page.js").exists() for folder in (BUILT, PACKAGED))
    assert is_built, "the front end is not built; installing the project builds it"
    first = await jp_fetch("jupyter-progress", "static", "page.js")
    assert first.headers["Content-Type"].startswith("text/javascript")
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch(
            "jupyter-progress",
            "static",
            "page.js",
            headers={"If-None-Match": first.headers["ETag"]},
        )
    assert caught.value.code == 304
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch(
            "jupyter-progress", "static", "page.js", headers={"Authorization": "token wrong"},
            follow_redirects=False,
        )  # fmt: skip
    assert caught.value.code in (302, 403)


@pytest.mark.parametrize("name", ["none.js", "../assets.py", "..%2fassets.py", ".npmrc", "x.exe"])
async def test_other_files_are_not_there(jp_fetch: Any, name: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("jupyter-progress", "static", name)
    assert caught.value.code == 404


async def test_change_of_health_is_told_in_the_feed_with_its_reason(
    ask: Any, open_stream: Any
) -> None:
    stream = await open_stream(since=0)
    changed = await stream.until("health_changed")
    assert (changed["data"]["from"], changed["data"]["to"]) == ("green", "yellow")
    assert "memory" in changed["data"]["reasons"][0]
    told = await stream.until("activity_update")
    assert told["data"]["kind"] == "health_changed"
    health = (await ask("GET", "health")).json
    assert health["status"] == "yellow"
    for _ in range(100):
        samples = (await ask("GET", "health/history", params={"minutes": 5})).json["samples"]
        if len(samples) >= 2:
            break
        await asyncio.sleep(0.1)
    assert samples[0]["time"] < samples[-1]["time"]
    query = {"minutes": 5, "form": "columns"}
    columns = (await ask("GET", "health/history", params=query)).json
    assert columns["since"] == samples[0]["time"]
    assert (columns["seconds"][0], len(columns["seconds"]) >= len(samples)) == (0, True)
    memory = [sample["memory"]["percent"] for sample in samples]
    assert columns["figures"]["memory.percent"][: len(memory)] == memory


async def test_snapshot_tells_the_thresholds_that_health_is_judged_by(ask: Any) -> None:
    told = (await ask("GET", "status")).json["server"]["thresholds"]
    found = {threshold["figure"]: threshold for threshold in told}
    assert set(found) >= {"cpu.percent", "memory.percent", "event_loop_lag"}
    changed = THRESHOLDS["memory.percent"]
    assert {key: found["memory.percent"][key] for key in changed} == changed


def test_server_imports_nothing_heavy() -> None:
    script = (
        "import sys, jupyter_progress.server.extension\n"
        "heavy = {'sklearn', 'numpy', 'pandas', 'scipy', 'skops', 'cloudpickle', 'anywidget'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
