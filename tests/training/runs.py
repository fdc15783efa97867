"""Real runs for the tests of training, under a keeper or in the test's own process."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import cloudpickle

from jupyter_progress.core.events import DURABLE, Event, JournalLine, payload_of
from jupyter_progress.core.functions import FunctionRequest, UploadedFunction
from jupyter_progress.core.reduce import reduce
from jupyter_progress.core.requests import RunRequest, check_run_request
from jupyter_progress.core.run_requests import KeptRequest
from jupyter_progress.core.state import RunState
from jupyter_progress.store.journal import read_journal
from jupyter_progress.store.layout import DataDirectory, RunDirectory
from jupyter_progress.training.asked import Asked
from jupyter_progress.training.context import open_context
from jupyter_progress.training.handed_over import write_pickle
from jupyter_progress.training.launch import start_keeper
from jupyter_progress.training.pipeline import finish, run_stages
from jupyter_progress.training.plain_journal import last_sequences
from jupyter_progress.training.resume import ask_to_resume
from jupyter_progress.training.submit import create_run
from jupyter_progress.training.uploads import Uploads

WRITER = "kernel-00000000"
FOREST = "sklearn.ensemble.RandomForestClassifier"


def digits(
    estimator: str = FOREST, params: dict[str, Any] | None = None, **more: Any
) -> RunRequest:
    """A request for an estimator on scikit-learn's digits."""
    spec = {"class": estimator, "params": {"random_state": 0} if params is None else params}
    dataset = more.pop("dataset", {"source": "sklearn", "name": "digits"})
    return check_run_request(RunRequest(dataset=dataset, estimator=spec, **more))


def upload(data_dir: DataDirectory, content: Any) -> str:
    """Hand an object over as a pickle; its id."""
    with Uploads(data_dir).begin("pickle") as handed:
        buffer = io.BytesIO()
        cloudpickle.dump(content, buffer)
        handed.write(buffer.getvalue())
        return str(handed.finish()["id"])


def asked_for(data_dir: DataDirectory, fn: Any, *args: Any, **more: Any) -> FunctionRequest:
    """A request for a function, which is handed over with its arguments."""
    call = io.BytesIO()
    opening = write_pickle({"function": fn, "args": args, "kwargs": {}}, call)
    upload = Uploads(data_dir).add("pickle", opening + call.getvalue())["id"]
    more = {"name": "mine", **more}
    return FunctionRequest(kind="function", function=UploadedFunction(upload=upload), **more)


def submit(data_dir: DataDirectory, request: KeptRequest, **limits: Any) -> RunDirectory:
    """Queue a run."""
    return create_run(data_dir, request, who="ada", writer=WRITER, limits=limits)


def start(data_dir: DataDirectory, request: KeptRequest, **limits: Any) -> RunDirectory:
    """Queue a run and start its keeper."""
    run = submit(data_dir, request, **limits)
    start_keeper(run, data_dir)
    return run


def train_here(data_dir: DataDirectory, request: RunRequest, **limits: Any) -> RunDirectory:
    """Go through a run's stages in this process; what fails is raised."""
    run = submit(data_dir, request, **limits)
    context = open_context(run.path, Asked(run))
    try:
        run_stages(context)
        finish(context, last_sequences(run.journals, but="worker-1"))
    finally:
        context.journal.close()
    return run


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """What the condition gives, once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds:g} s")


def wait_for_end(run: RunDirectory, seconds: float) -> RunState:
    """The state of a run, once its keeper is done with it."""
    try:
        wait_until(run.exit_file.exists, seconds, "the end of the run")
    except AssertionError as late:
        output = run.output.read_text() if run.output.exists() else ""
        log = (run.path / "keeper.log").read_text()
        raise AssertionError(f"{late}\noutput:\n{output}\nkeeper:\n{log}") from None
    return state_of(run)


def wait_for_step(run: RunDirectory, seconds: float) -> RunState:
    """The state of a run, once its fit has reported a step."""

    def has_step() -> bool:
        return any(line.data.get("step") for line in lines_of(run, "worker-1"))

    wait_until(has_step, seconds, "the first step of the fit")
    return state_of(run)


def lines_of(run: RunDirectory, writer: str) -> list[JournalLine]:
    """The whole lines of one writer's journal."""
    path = run.journal(writer)
    if not path.exists():
        return []
    part = read_journal(path, 0)
    assert not part.damaged
    return list(part.lines)


def all_lines(run: RunDirectory) -> list[tuple[str, JournalLine]]:
    """All writers' lines by time; an event stands after those that it follows."""
    found = [
        (path.stem, line)
        for path in sorted(run.journals.glob("*.jsonl"))
        for line in lines_of(run, path.stem)
    ]
    return sorted(found, key=lambda item: (item[1].time, bool(item[1].follows)))


def state_of(run: RunDirectory) -> RunState:
    """The run's state, reduced from its journals; every event must be of its type's shape."""
    from jupyter_progress.core.progress import apply_report

    state: RunState | None = None
    for writer, line in all_lines(run):
        if line.type == "training_progress" and state is not None:
            state = apply_report(state, line.data, line.time)
        if line.type not in DURABLE:
            continue
        payload_of(line.type, line.data)
        event = Event(
            type=line.type,
            time=line.time,
            data=line.data,
            run_id=run.run_id,
            origin=run.run_id,
            writer=writer,
            sequence=line.sequence,
        )
        state = reduce(state, event)
    assert state is not None
    json.dumps(state.result, allow_nan=False)
    return state


def feed_of(run: RunDirectory) -> list[dict[str, Any]]:
    """The lines of the activity feed, each under an id that is its own place."""
    found = []
    for writer, line in all_lines(run):
        if line.type == "activity_update":
            assert line.data["id"] == f"{run.run_id}/{writer}/{line.sequence}"
            found.append(line.data)
    return found


def kill_worker(run: RunDirectory) -> None:
    os.kill(json.loads(run.worker_file.read_text())["pid"], signal.SIGKILL)


def resume(data: DataDirectory, run: RunDirectory, writer: str = WRITER) -> RunState:
    """Ask for the next attempt, and start what was asked for; the state in between."""
    ask_to_resume(run, state_of(run), who="ada", writer=writer)
    waiting = state_of(run)
    start_keeper(run, data)
    return waiting
