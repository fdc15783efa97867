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


def only(**params: Any) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
