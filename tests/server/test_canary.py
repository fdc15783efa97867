"""No secret of the server reaches a child process, a journal, a log or an answer."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import psutil
import pytest

from .conftest import API, LONG

CANARIES = {
    "JUPYTER_TOKEN": "canary-jupyter-token",
    "JUPYTERHUB_API_TOKEN": "canary-hub-token",
    "JPY_API_TOKEN": "canary-jpy-token",
    "CONFIGPROXY_AUTH_TOKEN": "canary-proxy-token",
    "JUPYTER_SERVER_PASSWORD": "canary-password",
}
PATHS = (
    "status", "events?since=0&limit=5000", "runs", "facets", "runs/{}", "runs/{}/output",
    "runs/{}/metrics",
    "health", "health/history", "activity", "models", "estimators", "datasets",
    "openapi.json",
)  # fmt: skip


@pytest.fixture(autouse=True)
def canaries(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment before the server starts."""
    for name, secret in CANARIES.items():
        monkeypatch.setenv(name, secret)


def held_by(process: psutil.Process) -> str:
    return json.dumps([process.environ(), process.cmdline()])


def written_below(folder: Path, but: set[Path]) -> str:
    files = [path for path in folder.rglob("*") if path.is_file() and path not in but]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


@pytest.mark.timeout(90)
async def test_no_secret_leaves_the_server(
    ask: Any, open_stream: Any, services: Any, until_ended: Any, jp_auth_header: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    data = services.data.path
    token_file = next((data / "servers").glob("token-*"))
    own = {data / "key", token_file}
    assert all(path.stat().st_mode & 0o077 == 0 for path in own)
    secrets = {*CANARIES.values(), token_file.read_text(), services.data.key().hex()}
    assert jp_auth_header["Authorization"].endswith(CANARIES["JUPYTER_TOKEN"])
    assert len(secrets) == len(CANARIES) + 2

    stream = await open_stream()
    run_id = (await ask("POST", "runs", LONG)).json["run_id"]
    await stream.until("stage_started")
    children = psutil.Process().children(recursive=True)
    assert len(children) >= 3  # the keeper, the worker, the process that checks requests
    for child in children:
        held = held_by(child)
        assert "JUPYTER_PROGRESS_TOKEN_FILE" not in held
        assert not [secret for secret in secrets if secret in held]

    told = ""
    for path in PATHS:
        where, _, query = path.format(run_id).partition("?")
        params = dict(pair.split("=") for pair in query.split("&")) if query else {}
        answer = await ask("GET", where, params=params)
        assert answer.status == 200, path
        told += answer.body.decode()
    await ask("POST", f"runs/{run_id}/cancel")
    await until_ended(run_id)
    told += json.dumps(stream.messages) + caplog.text + written_below(data, own)
    assert run_id in told
    assert "/".join(API) in caplog.text
    assert not [secret for secret in secrets if secret in told]
