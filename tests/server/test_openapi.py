"""The description of the interface: complete, valid, true of every answer, and put to the test."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tornado.web import RequestHandler

from jupyter_progress.server.handlers.routes import API_ROUTES
from jupyter_progress.server.openapi.document import document
from jupyter_progress.server.openapi.operations import OPERATIONS

from ..jupyter_process import TOKEN, JupyterProcess
from .conftest import DIGITS

HERE = Path(__file__).parent
SAMPLES = {"run_id": "20260101-000000-00000000", "name": "m", "version": "1"}
VERBS = ("get", "post", "put", "patch", "delete")


def sample(path: str) -> str:
    return path.format(**SAMPLES)


def verbs_of(handler: type[RequestHandler]) -> set[str]:
    missing = RequestHandler._unimplemented_method
    return {verb.upper() for verb in VERBS if getattr(handler, verb) is not missing}


def test_every_route_and_verb_is_described_and_nothing_else() -> None:
    described: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        described.setdefault(operation.path, set()).add(operation.method)
    reached = set()
    for path, methods in described.items():
        routes = [(r, h) for r, h in API_ROUTES if re.fullmatch(r, sample(path))]
        assert len(routes) == 1, path
        reached.add(routes[0][0])
        assert verbs_of(routes[0][1]) == methods, path
    assert reached == {route for route, _ in API_ROUTES}


def test_document_is_valid_openapi_and_names_this_server() -> None:
    script = (
        "import json, sys, schemathesis\n"
        "schemathesis.openapi.from_dict(json.load(sys.stdin)).validate()"
    )
    told = document("/user/%C3%B1@x/")
    subprocess.run([sys.executable, "-c", script], input=told, check=True, timeout=60)
    found = json.loads(told)
    assert found["openapi"] == "3.1.0"
    assert found["servers"] == [{"url": "/user/%C3%B1@x/jupyter-progress/api/v1"}]
    for name, schema in found["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["description"], name
    ids = [op["operationId"] for item in found["paths"].values() for op in item.values()]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)


class Described:
    """Holds answers to the document."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self.closed = close(json.loads(json.dumps(found["components"]["schemas"])))

    def check(self, method: str, template: str, answer: Any) -> None:
        responses = self.found["paths"][f"/{template}"][method.lower()]["responses"]
        content = responses[str(answer.status)].get("content")
        if content is None:
            assert not answer.body
            return
        schema = {**content["application/json"]["schema"], "components": {"schemas": self.closed}}
        jsonschema.Draft202012Validator(schema).validate(answer.json)


def close(schemas: dict[str, Any]) -> dict[str, Any]:
    """Schemas that allow no key which they do not tell."""
    for name, schema in schemas.items():
        if name != "Problem":  # an answer's own schema stands beside it
            schema["additionalProperties"] = False
    return schemas


@pytest.mark.timeout(90)
async def test_every_answer_is_as_described_and_has_no_further_key(
    ask: Any, until_ended: Any
) -> None:
    described = Described((await ask("GET", "openapi.json")).json)

    async def call(method: str, template: str, body: Any = None, **more: Any) -> Any:
        names = {"run_id": run_id, "name": "m", "version": "1"}
        params = more.pop("params", {})
        answer = await ask(method, template.format(**names, **more), body, params=params)
        described.check(method, template, answer)
        return answer

    run_id = "20260101-000000-00000000"
    assert (await call("GET", "runs/{run_id}")).status == 404
    started = await call("POST", "runs", {**DIGITS, "register_as": "m"})
    run_id = started.json["run_id"]
    assert started.status == 201
    assert (await call("POST", "runs/{run_id}/register", {"name": "m"})).status == 409
    assert (await call("DELETE", "runs/{run_id}")).status == 409
    assert (await until_ended(run_id))["status"] == "completed"
    assert (await call("POST", "runs/{run_id}/stop")).status == 409
    assert (await call("POST", "runs/{run_id}/cancel", b"{}")).status == 409
    assert (await call("POST", "runs/{run_id}/register", {"name": "m"})).status == 201
    assert (await call("POST", "models/{name}/predict", {"rows": []})).status == 409
    assert (await call("POST", "models/{name}/deploy", {"version": 1})).status == 200
    rows = {"rows": [[0] * 64]}
    assert "probabilities" in (await call("POST", "models/{name}/predict", rows)).json
    assert (await call("POST", "activity", {"text": "a note"})).status == 201
    assert (await call("PATCH", "runs/{run_id}", {"tags": ["a"]})).status == 200
    upload = await call("POST", "uploads", b"a,b\n1,2\n", params={"format": "csv"})
    assert upload.status == 201
    elsewhere = await call("POST", "runs", {"kind": "external", "name": "x"})
    pipelines, run_id = run_id, elsewhere.json["run_id"]
    assert (await call("POST", "runs/{run_id}/events", {"writer": "a"})).status == 200
    run_id = pipelines
    await call("GET", "events", params={"since": "0"})
    for operation in OPERATIONS:
        if operation.method == "GET" and operation.path != "stream" and operation.answer:
            if "artifact" in operation.path:
                continue
            answer = await call("GET", operation.path)
            assert answer.status == 200, operation.path
    assert (await call("GET", "events", params={"since": "x"})).status == 400
    assert (await call("DELETE", "runs/{run_id}")).status == 204


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    arguments = [
        "--JupyterProgress.max_requests_per_s=0",
        "--JupyterProgress.max_upload_bytes=9999",
    ]
    process = JupyterProcess(tmp_path / "jupyter", arguments=arguments)
    try:
        yield process.start()
    finally:
        process.stop()


def let_loose(server: JupyterProcess, *words: str) -> None:
    """Run Schemathesis on the server; its report is shown where something fails."""
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", f"--config-file={HERE}/schemathesis.toml",
            "run", f"{server.url}jupyter-progress/api/v1/openapi.json",
            "-H", f"Authorization: token {TOKEN}", "--exclude-path=/stream", "--seed=1", *words,
        ],
        capture_output=True, text=True, timeout=600, check=False,
        cwd=server.folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert server.process is not None
    assert server.process.poll() is None
    assert "Traceback" not in server.log(), server.log()[-5000:]
    assert "Uncaught exception" not in server.log()


@pytest.mark.timeout(180)
def test_schemathesis_finds_no_failure_in_a_few_requests(server: JupyterProcess) -> None:
    let_loose(server, "--phases=fuzzing", "--max-examples=4")
    assert all(run["kind"] == "external" for run in server.get("runs")["runs"])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_schemathesis_finds_no_failure(server: JupyterProcess) -> None:
    started = server.ask("POST", "runs", {**DIGITS, "register_as": "m"})
    server.wait_for_run(started["run_id"], "completed")
    server.ask("POST", "models/m/deploy", {"version": 1})
    let_loose(server, "--phases=examples,coverage,fuzzing,stateful", "--max-examples=20")
