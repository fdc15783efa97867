"""Every command on real runs: what it prints for a person, and for a program."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_progress.cli.main import COMMANDS
from jupyter_progress.store.layout import DATA_DIR_VARIABLE, RunDirectory
from jupyter_progress.store.locks import FileLock
from jupyter_progress.training.controls import journal_fact

from .conftest import Runs

Command = Callable[..., tuple[int, str, str]]
PROBE = """
import sys
from jupyter_progress.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
print(*({"sklearn", "numpy", "rich", "tornado", "msgspec", "psutil"} & set(sys.modules)))
"""


def test_runs_lists_the_newest_first_with_their_outcome(
    command: Command, finished: RunDirectory, failed: RunDirectory
) -> None:
    status, told, _ = command("runs")
    assert status == 0
    newer, older = (
        next(line for line in told.splitlines() if line.startswith(run.run_id))
        for run in (failed, finished)
    )
    assert told.index(newer) < told.index(older)
    assert older.split()[1:3] == ["flowers", "completed"]
    assert "accuracy " in older
    assert "InvalidParameter:" in newer


def test_runs_are_chosen_by_tag_status_and_number(
    command: Command, finished: RunDirectory, failed: RunDirectory
) -> None:
    def ids(*words: str) -> list[str]:
        return [run["run_id"] for run in json.loads(command("runs", "--json", *words)[1])["runs"]]

    assert ids("--tag", "garden") == [finished.run_id]
    assert failed.run_id in ids("--status", "failed")
    assert finished.run_id not in ids("--status", "failed")
    assert len(ids("--limit", "1")) == 1
    assert command("runs", "--tag", "sea")[1] == "No run fits.\n"
    assert command("runs", "no", "such", "words")[1] == "No run fits.\n"
    assert "test.accuracy>0.9" in command("runs", "--metric", "accuracy")[2]
    assert ids("--sort=oldest") == ids()[::-1]


LONG_NAME = "a name that is as long as names are that say what was tried, why, and with which rows"


@pytest.fixture(scope="module")
def long_named(runs: Runs, finished: RunDirectory) -> RunDirectory:
    """A run of a long name, which has failed in many words."""
    return runs.finish(runs.start(LONG_NAME, {"n_estimators": -1}, tags=["long"]))


def test_runs_in_a_pipe_are_lines_in_which_nothing_is_cut(
    command: Command, long_named: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = command("runs", "--tag", "long")[1]
    (line,) = (line for line in told.splitlines() if line.startswith(long_named.run_id))
    assert LONG_NAME in line
    state = json.loads(command("show", long_named.run_id, "--json")[1])
    assert " ".join(state["error"]["message"].split()) in line
    assert "…" not in told


@pytest.mark.parametrize("columns", ["80", "120", "40"])
def test_runs_on_a_terminal_fit_its_width_and_keep_their_ids(
    command: Command, long_named: RunDirectory, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("FORCE_COLOR", "1")  # what rich takes for a terminal
    monkeypatch.setenv("TERM", "dumb")
    told = command("runs", "--tag", "long")[1]
    (line,) = (line for line in told.splitlines() if long_named.run_id in line)
    assert "a n" in line
    assert "failed" in line
    assert LONG_NAME not in line
    if columns != "40":  # no room there for an id and a status
        plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
        assert len(plain) <= int(columns)
        assert "Inval" in plain


def test_show_draws_the_stages_and_the_result(command: Command, finished: RunDirectory) -> None:
    status, told, _ = command("show", finished.run_id)
    assert status == 0
    for words in ("flowers  completed", "✓  Train", "✓  Save model", "100.0 %"):
        assert words in told
    test = json.loads(command("show", finished.run_id, "--json")[1])["result"]["test"]
    assert f" Accuracy {test['accuracy']:.4f} on " in told
    assert (
        f"Accuracy {test['accuracy']:.4f} · Balanced accuracy {test['balanced_accuracy']:.4f}"
        in told
    )
    state = json.loads(command("show", finished.run_id, "--json")[1])
    assert (state["status"], state["tags"]) == ("completed", ["garden"])


def test_show_tells_why_a_run_failed(command: Command, failed: RunDirectory) -> None:
    status, told, _ = command("show", failed.run_id)
    assert status == 0
    assert "✗  Initialize" in told
    assert "InvalidParameter: estimator.params.n_estimators: " in " ".join(told.split())


def test_watch_of_an_ended_run_answers_at_once_whether_it_completed(
    command: Command, finished: RunDirectory, failed: RunDirectory
) -> None:
    assert command("watch", finished.run_id)[0] == 0
    status, told, drawn = command("watch", failed.run_id, "--json")
    assert status == 1
    assert json.loads(told)["status"] == "failed"
    assert "must be an int in the range" in " ".join(drawn.split())


def test_output_and_story_of_a_run(command: Command, finished: RunDirectory) -> None:
    assert command("output", finished.run_id)[0] == 0
    assert set(json.loads(command("output", finished.run_id, "--json")[1])) == {"text"}
    status, told, _ = command("doctor", finished.run_id)
    assert status == 0
    assert str(finished.path) in told
    for event in ("training_queued", "training_started", "training_completed", "exit.json: {"):
        assert event in told


def test_doctor_says_what_is_installed_and_where_the_runs_are(
    command: Command, runs: Runs, finished: RunDirectory
) -> None:
    status, told, _ = command("doctor")
    assert status == 0
    assert sys.executable in told
    assert f"data directory {runs.data.path}" in told
    assert "no Jupyter server is running" in told


@pytest.mark.parametrize("action", ["stop", pytest.param("cancel", marks=pytest.mark.slow)])
def test_a_run_is_ended_from_a_terminal_that_watches_it(
    command: Command, runs: Runs, action: str
) -> None:
    run = runs.start("endless", {"n_estimators": 1_000_000})
    runs.wait(lambda: '"step"' in command("show", run.run_id, "--json")[1])
    runs.wait(lambda: (json.loads(command("show", run.run_id, "--json")[1])["step"] or 0) > 0)
    status, told, _ = command(action, run.run_id)
    assert status == 0
    assert told.startswith({"stop": "stopping", "cancel": "cancelling"}[action])
    status, told, _ = command("watch", run.run_id, "--json")
    ended = json.loads(told)
    if action == "stop":
        assert (status, ended["status"], ended["result"]["stopped"]) == (0, "completed", True)
        early = f"stopped early ({ended['result']['steps']['done']:,} of 1,000,000 steps)"
        assert f"completed, {early}" in command("show", run.run_id)[1]
        listed = command("runs")[1].splitlines()
        assert early in next(line for line in listed if line.startswith(run.run_id))
    else:
        assert (status, ended["status"]) == (1, "cancelled")
    status, told, _ = command(action, run.run_id)
    assert status == 0
    assert "has ended so already" in told
    status, _, refused = command({"stop": "cancel", "cancel": "stop"}[action], run.run_id)
    assert status == 1
    assert "already" in refused


def test_stop_after_a_cancel_says_that_nothing_is_kept(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "progress"))
    run = Runs(tmp_path / "progress").create("dropped")
    keeper = FileLock(run.lock_file)
    assert keeper.acquire()
    try:
        # A run with a keeper that takes its time.
        journal_fact(run, "worker-1", "training_started", {}, "dropped", "ada")
        assert command("cancel", run.run_id)[1] == f"cancelling dropped ({run.run_id})\n"
        assert command("cancel", run.run_id)[1] == f"cancelling dropped ({run.run_id})\n"
        status, told, _ = command("stop", run.run_id)
        assert status == 1
        assert told == f"dropped ({run.run_id}) is being cancelled already: nothing of it is kept\n"
        status, told, _ = command("stop", run.run_id, "--json")
        assert (status, json.loads(told)["status"]) == (1, "stopping")
    finally:
        keeper.release()


def test_run_is_resumed_without_a_server(command: Command, runs: Runs) -> None:
    run = runs.start("interrupted", {"n_estimators": 30_000, "random_state": 0})
    runs.wait(lambda: json.loads(command("show", run.run_id, "--json")[1])["step"])
    os.kill(json.loads(run.worker_file.read_text())["pid"], signal.SIGKILL)
    runs.finish(run)
    assert json.loads(command("show", run.run_id, "--json")[1])["resumable"]
    status, told, _ = command("resume", run.run_id)
    assert (status, told) == (0, f"resuming interrupted ({run.run_id})\n")
    runs.wait(lambda: run.journal("worker-2").exists())
    again = json.loads(command("resume", run.run_id, "--json")[1])
    assert (again["status"], again["attempt"]) == ("running", 2)
    assert "again already" in command("resume", run.run_id)[1]
    assert command("cancel", run.run_id)[0] == 0
    runs.finish(run)
    refused = command("resume", run.run_id)
    assert (refused[0], refused[1]) == (1, "")
    assert "been dropped" in refused[2]


@pytest.mark.parametrize("name", ["show", "watch", "stop", "cancel", "resume", "output", "doctor"])
def test_unknown_run_is_told_with_where_to_look(command: Command, runs: Runs, name: str) -> None:
    status, told, refused = command(name, "nothing-like-it")
    assert (status, told) == (1, "")
    assert refused == (
        "jupyter progress: there is no run 'nothing-like-it'; `jupyter progress runs` lists them\n"
    )


@pytest.mark.parametrize("name", ["show", "stop"])
def test_name_in_the_place_of_an_id_is_answered_with_the_id(
    command: Command, finished: RunDirectory, name: str
) -> None:
    status, told, refused = command(name, "flowers")
    assert (status, told) == (1, "")
    assert "there is no run 'flowers'; the run of that name has the id" in refused
    assert f"{finished.run_id}; `jupyter progress runs` lists them" in refused


def test_a_run_is_named_by_a_part_that_only_it_has(
    command: Command, finished: RunDirectory, failed: RunDirectory
) -> None:
    end = finished.run_id[-6:]
    assert json.loads(command("show", end, "--json")[1])["run_id"] == finished.run_id
    status, _, refused = command("show", finished.run_id[:2])
    assert status == 1
    assert "fits" in refused
    assert finished.run_id in refused


def test_data_directory_without_runs(command: Command, tmp_path: Path) -> None:
    assert command("--data-dir", str(tmp_path / "new"), "runs")[:2] == (0, "No runs.\n")
    assert json.loads(command("--data-dir", str(tmp_path / "new"), "runs", "--json")[1]) == {
        "runs": []
    }


def test_data_directory_that_cannot_be_used_is_a_message(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    status, told, refused = command("--data-dir", str(tmp_path / "file"), "runs")
    assert (status, told) == (1, "")
    assert refused.startswith(f"jupyter progress: the data directory {tmp_path / 'file'} cannot")


def test_wrong_words_are_refused_with_the_right_ones(command: Command) -> None:
    status, _, refused = command("shw")
    assert status == 2
    assert all(name in refused for name in COMMANDS)
    assert "1 or more" in command("runs", "--limit", "0")[2]
    assert command()[0] == 2


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself(command: Command, name: str) -> None:
    status, told, _ = command(name, "--help")
    assert status == 0
    assert f"usage: jupyter progress {name}" in told
    assert COMMANDS[name][1][1:20] in " ".join(told.split())


def test_help_loads_nothing_heavy() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1] == ""


@pytest.mark.slow
def test_page_opens_on_a_new_server_and_then_on_that_one(
    tmp_path: Path, scaled: Callable[[float], float]
) -> None:
    environment = {
        **os.environ,
        DATA_DIR_VARIABLE: str(tmp_path / "progress"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_TOKEN": "a-token-for-tests-only",
    }
    page = [sys.executable, "-m", "jupyter_progress.cli", "page", "--no-browser"]
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(page, env=environment, stdout=log, stderr=log, cwd=tmp_path)
    try:
        deadline = time.monotonic() + scaled(30)
        runtime = Path(environment["JUPYTER_RUNTIME_DIR"])
        while not list(runtime.glob("jpserver-*.json")):
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        again = subprocess.run(
            page, env=environment, capture_output=True, text=True, timeout=scaled(30), check=True
        )
    finally:
        server.terminate()
        server.wait(scaled(15))
        log.close()
    assert "/jupyter-progress/?token=a-token-for-tests-only" in again.stdout


@pytest.mark.slow
def test_search_is_shown_with_its_leaderboard_and_a_candidate_can_be_skipped_only_while_it_runs(
    command: Command, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = {"class": "sklearn.tree.DecisionTreeClassifier", "params": {"random_state": 0}}
    spec = {
        "class": "sklearn.model_selection.GridSearchCV",
        "params": {"estimator": tree, "param_grid": {"max_depth": [1, 2]}, "cv": 3},
    }
    run = runs.finish(runs.start("depths", {}, estimator=spec))
    status, told, _ = command("show", run.run_id)
    assert status == 0
    lines = [line for line in told.splitlines() if "max_depth=" in line]
    assert lines[0].startswith(" 2 candidates done · best accuracy 0.9")
    assert lines[0].rstrip().endswith("with max_depth=2")
    assert re.match(r" +1 +0\.9\d+ ± 0\.\d+ +(0\.\d+ ){3} *max_depth=2", lines[1])
    assert re.match(r" +0 +0\.6\d+ ± ", lines[2])
    assert "± " not in command("watch", run.run_id)[1]  # in a pipe it is lines
    with monkeypatch.context() as terminal:
        terminal.setenv("TTY_COMPATIBLE", "1")
        watched = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", command("watch", run.run_id)[1])
    assert re.search(r" 1 +0\.9\d+ ± 0\.\d+ +(0\.\d+ ){3} *max_depth=2", watched)
    status, _, refused = command("skip", run.run_id, "0")
    assert status == 1
    assert "has ended already" in refused
