"""SIGKILL of a server, a worker, a keeper or a script that trains, at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from ..ipython_kernel import let_in, running_kernel
from ..jupyter_process import SCALE
from . import producer
from .conftest import Site, request
from .witness import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240 * SCALE)]
ENDED = ("completed", "failed", "cancelled", "interrupted")
LONG = 30_000


def pid_in(file: Path) -> int:
    wait_until(file.exists, 30, f"{file.name}")
    return int(json.loads(file.read_text())["pid"])


@pytest.mark.parametrize(
    ("victim", "reason"), [("worker", "worker_killed"), ("keeper", "keeper_killed")]
)
def test_killed_process_of_a_run_ends_it_with_its_reason_everywhere(
    site: Site, watch, drawn: random.Random, victim: str, reason: str
) -> None:
    witness = watch(site.address)
    run_id = site.jupyter.ask("POST", "runs", request(LONG))["run_id"]
    pid = pid_in(site.data.runs / run_id / f"{victim}.json")
    time.sleep(drawn.uniform(0, 4))
    os.kill(pid, signal.SIGKILL)
    state = site.jupyter.wait_for_run(run_id, *ENDED, limit_s=20)
    assert (state["status"], state["error"]["reason"]) == ("failed", reason)
    logged = site.hold(witness)
    assert witness.follower.view.runs[run_id] == logged.runs[run_id]


def test_killed_script_leaves_a_failed_run_with_all_that_it_had_journalled(
    site: Site, watch, drawn: random.Random
) -> None:
    witness = watch(site.address)
    process, run_id = producer.start(site.jupyter, 1000, 0.01)
    time.sleep(drawn.uniform(0, 3))
    process.kill()
    process.wait()
    state = site.jupyter.wait_for_run(run_id, *ENDED, limit_s=20)
    assert state["status"] == "failed"
    site.hold(witness)


IN_A_KERNEL = """
import threading, time
import jupyter_progress as jp
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
X, y = load_digits(return_X_y=True)
trained = jp.train(RandomForestClassifier(30_000, random_state=0), X, y, display=False)
own = jp.Run("a loop", stages=["fit"], display=False)
def loop():
    with own, own.stage("fit"):
        for step in range(100_000):
            own.log({"loss": 1 / (step + 1)}, step=step)
            time.sleep(0.01)
threading.Thread(target=loop, daemon=True).start()
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("way", ["through the server", "by itself"])
def test_killed_kernel_ends_its_own_run_and_no_run_that_it_has_started(
    site: Site, watch, drawn: random.Random, tmp_path: Path, way: str
) -> None:
    witness = watch(site.address)
    environment = let_in(site.jupyter, site.address.url, tmp_path)
    if way == "by itself":
        for name in ("JUPYTER_PROGRESS_URL", "JUPYTER_PROGRESS_TOKEN_FILE"):
            del environment[name]
        environment |= {
            "JUPYTER_RUNTIME_DIR": str(tmp_path / "no server here"),
            "JUPYTER_PROGRESS_DATA_DIR": str(site.data.path),
        }
    with running_kernel(environment) as kernel:
        kernel.run(IN_A_KERNEL)
        kernel.wait_for("bool(own.run_id)", "True")
        trained, own = kernel.run("print(trained.run_id, own.run_id)").split()
        pid = int(kernel.run("import os; print(os.getpid())"))
        for run_id in (trained, own):
            site.jupyter.wait_for_run(run_id, "running")
        worker = pid_in(site.data.runs / trained / "worker.json")
        time.sleep(drawn.uniform(0, 3))
        os.kill(pid, signal.SIGKILL)
        state = site.jupyter.wait_for_run(own, *ENDED, limit_s=20)
        assert (state["status"], state["error"]["reason"]) == ("failed", "worker_killed")
        assert state["current_stage"] == "fit"
        scored = site.jupyter.get(f"runs/{trained}")["predictions_processed"]
        wait_until(
            lambda: site.jupyter.get(f"runs/{trained}")["predictions_processed"] > scored, 20
        )
        assert psutil.pid_exists(worker)
    site.jupyter.ask("POST", f"runs/{trained}/cancel")
    site.jupyter.wait_for_run(trained, "cancelled")
    logged = site.hold(witness)
    assert logged.series[own]["loss"]


def test_server_killed_again_and_again_loses_nothing_of_what_goes_on(
    site: Site, watch, drawn: random.Random
) -> None:
    witness = watch(site.address)
    run_id = site.jupyter.ask("POST", "runs", request(LONG))["run_id"]
    log_id = site.logged.log_id
    process, own = producer.start(site.jupyter, 60, 0.1)
    scored = 0
    for _ in range(3):
        time.sleep(drawn.uniform(0, 3))
        site.jupyter.kill()
        time.sleep(drawn.uniform(0, 1))
        site.jupyter.start()
        # The live part is there again before a new report has come: it is in the journals.
        state = site.jupyter.get(f"runs/{run_id}")
        assert state["predictions_processed"] >= scored
        scored = state["predictions_processed"]
    site.jupyter.wait_for_run(own, "completed")
    site.jupyter.wait_for_run(run_id, "running")
    site.jupyter.ask("POST", f"runs/{run_id}/cancel")
    site.jupyter.wait_for_run(run_id, "cancelled")
    logged = site.hold(witness)
    assert logged.log_id == log_id
    assert process.wait() == 0
    assert witness.follower.view.runs[run_id] == logged.runs[run_id]


def test_everything_killed_at_once_comes_to_an_end_at_the_next_start(
    site: Site, watch, drawn: random.Random
) -> None:
    witness = watch(site.address)
    run_id = site.jupyter.ask("POST", "runs", request(LONG))["run_id"]
    process, own = producer.start(site.jupyter, 1000, 0.02)
    folder = site.data.runs / run_id
    pids = [pid_in(folder / "worker.json"), pid_in(folder / "keeper.json"), process.pid]
    time.sleep(drawn.uniform(0, 3))
    drawn.shuffle(pids)
    for pid in pids[:1]:
        os.kill(pid, signal.SIGKILL)
    site.jupyter.kill()
    for pid in pids[1:]:
        with contextlib.suppress(ProcessLookupError):  # a worker dies of its keeper's death
            os.kill(pid, signal.SIGKILL)
    process.wait()
    site.jupyter.start()
    for each in (run_id, own):
        assert site.jupyter.wait_for_run(each, *ENDED, limit_s=30)["status"] == "failed"
    site.hold(witness)


def test_two_servers_train_on_one_data_directory_and_log_the_same(
    tmp_path: Path, watch, drawn: random.Random
) -> None:
    shared = {"JUPYTER_PROGRESS_DATA_DIR": str(tmp_path / "shared")}
    sites = [Site(tmp_path / f"{slot}", slot=slot, **shared) for slot in (0, 1)]
    witnesses = [watch(site.address) for site in sites]
    try:
        runs = [site.jupyter.ask("POST", "runs", request(40))["run_id"] for site in sites]
        scripts = [producer.start(site.jupyter, 20, 0.05) for site in sites]
        own = [run_id for _process, run_id in scripts]
        for number in range(20):
            site = drawn.choice(sites)
            site.jupyter.ask("POST", "activity", {"text": f"note {number}"})
            renamed = {"name": f"name {number}"}
            site.jupyter.ask("PATCH", f"runs/{drawn.choice(runs)}", renamed)
        for site in sites:
            for run_id in runs + own:
                site.jupyter.wait_for_run(run_id, "completed", limit_s=90)
        assert [process.wait() for process, _run_id in scripts] == [0, 0]
        logs = [site.hold(witness) for site, witness in zip(sites, witnesses, strict=True)]
        assert logs[0].log_id != logs[1].log_id
        assert set(logs[0].runs) == set(logs[1].runs) == {*runs, *own}
        assert logs[0].series == logs[1].series
    finally:
        for site in sites:
            site.jupyter.stop()
