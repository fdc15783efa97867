"""The list of runs: the same exact order by REST, in the snapshot and in the terminal."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from jupyter_progress.cli import main as cli
from jupyter_progress.core.reading_requests import read_request
from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.training.submit import create_run

from .conftest import DIGITS


@pytest.mark.timeout(120)
async def test_200_runs_of_one_second_are_listed_in_their_order_everywhere(
    ask: Any, services: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.queue.stop(interrupt=False)
    request = check_run_request(read_request(DIGITS, RunRequest))
    now = time.time()
    made = [
        create_run(
            services.data, request, who="ada", writer="kernel-1", time=now + n * 0.004,
            entropy=2654435761 * n,
        ).run_id
        for n in range(200)
    ]  # fmt: skip
    assert made == sorted(made)
    services.indexer.wake()
    for run_id in made:
        assert await services.work(services.indexer.logged, run_id, "kernel-1", 2, 30.0)
    found: list[str] = []
    before = None
    while before is not None or not found:
        page = (await ask("GET", "runs", params=dict(limit=13, **only(before=before)))).json
        found += [run["run_id"] for run in page["runs"]]
        before = page["next"]
    newest_first = made[::-1]
    assert found == newest_first
    status = (await ask("GET", "status")).json
    assert [run["run_id"] for run in status["runs"]] == newest_first  # all are active
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(services.data.path))
    for limit in (3, 500):
        assert await services.work(cli, ["runs", "--json", "--limit", str(limit)]) == 0
        listed = json.loads(capsys.readouterr().out)["runs"]
        assert [run["run_id"] for run in listed] == newest_first[:limit]


async def test_runs_are_found_and_ordered_by_what_is_asked(ask: Any, services: Any) -> None:
    services.queue.stop(interrupt=False)
    made = []
    for name, tags in (("run 10", ["a", "b"]), ("Run 9", ["a"]), ("other", [])):
        answer = await ask("POST", "runs", {"kind": "external", "name": name})
        made.append(answer.json["run_id"])
        await ask("PATCH", f"runs/{made[-1]}", {"tags": tags})
    facts = [
        ("training_started", {"name": "x", "stages": []}),
        ("training_completed", {"result": {"test": {"r2": 0.5}}, "elapsed_time": 2}),
    ]
    events = [
        {"sequence": n, "type": type, "time": "2026-01-01T00:00:00.000Z", "data": data}
        for n, (type, data) in enumerate(facts, start=1)
    ]
    told = {"writer": "remote-1", "events": events}
    assert (await ask("POST", f"runs/{made[0]}/events", told)).status == 200

    async def found(**asked: Any) -> tuple[list[str], int]:
        pairs = [(k, v) for k, vs in asked.items() for v in (vs if isinstance(vs, list) else [vs])]
        answer = (await ask("GET", "runs", params=pairs)).json
        return [run["name"] for run in answer["runs"]], answer["total"]

    assert await found(sort="name") == (["other", "Run 9", "run 10"], 3)
    assert await found(tag=["a", "b"]) == (["run 10"], 1)
    assert await found(q="RUN", sort="-name", limit=1) == (["run 10"], 2)
    assert await found(metric=["test.r2>=0.5"]) == (["run 10"], 1)
    assert await found(status=["completed", "failed"]) == (["run 10"], 1)
    assert await found(sort="-test.r2", limit=2) == (["run 10", "other"], 3)
    facets = (await ask("GET", "facets")).json
    assert facets["tags"] == [{"name": "a", "runs": 2}, {"name": "b", "runs": 1}]
    assert facets["metrics"] == [{"name": "test.r2", "runs": 1}]
    refused = await ask("GET", "runs", params={"metric": "test.r2>NaN"})
    assert refused.status == 400
    assert "test.accuracy>0.9" in refused.json["message"]


def only(**params: Any) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
