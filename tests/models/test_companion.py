"""A child process that answers: in time, again after its death, and whatever its code prints."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_progress.errors import (
    InvalidParameter,
    ProgressError,
    ServingFailed,
    Unavailable,
    UnknownModel,
)
from jupyter_progress.models.child_environment import child_environment
from jupyter_progress.models.companion import Companion, CompanionBusy

from ..jupyter_process import SCALE

CHILD = """
import os, signal, sys, time
from jupyter_progress.errors import InvalidParameter, UnknownModel
from jupyter_progress.models.answering import serve

def answer(question):
    do = question["do"]
    if do == "echo":
        return {"echo": question["what"], "pid": os.getpid()}
    if do == "print":
        print("from python", flush=True)
        os.system("echo from the shell")
        return {"read": sys.stdin.read()}
    if do == "refuse":
        raise InvalidParameter("estimator.params.C", "is -1; expected more than 0")
    if do == "unknown":
        raise UnknownModel("iris")
    if do == "fault":
        raise KeyError("inside")
    if do == "die":
        print("these were my last words", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if do == "exit":
        sys.exit(3)
    if do == "sleep":
        time.sleep(question["s"])
    if do == "fork":
        import subprocess
        return {"pid": subprocess.Popen(["sleep", "600"]).pid}
    if do == "environment":
        return dict(os.environ)
    return {}

def opening(question):
    if question == {"refuse": True}:
        raise UnknownModel("opening")

serve(answer, opening)
"""


@pytest.fixture
def companion() -> Iterator[Callable[..., Companion]]:
    made: list[Companion] = []

    def make(child: str = CHILD, **settings: Any) -> Companion:
        made.append(Companion([sys.executable, "-c", child], **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_starts_with_the_first_question_and_answers(companion: Any) -> None:
    child = companion()
    assert child.pid is None
    answer = child.ask({"do": "echo", "what": "grüß\n"}, 30 * SCALE)
    assert answer == {"echo": "grüß\n", "pid": child.pid}


def test_questions_of_many_threads_get_their_own_answers(companion: Any) -> None:
    child = companion()
    with ThreadPoolExecutor(8) as pool:
        asked = [{"do": "echo", "what": n} for n in range(100)]
        answers = list(pool.map(lambda question: child.ask(question, 30 * SCALE), asked))
    assert [answer["echo"] for answer in answers] == list(range(100))
    assert len({answer["pid"] for answer in answers}) == 1


def test_questions_larger_than_a_pipe_pass(companion: Any) -> None:
    large = "x" * 3_000_000
    assert companion().ask({"do": "echo", "what": large}, 30 * SCALE)["echo"] == large


def test_what_its_code_prints_and_reads_stays_out_of_the_channel(companion: Any) -> None:
    child = companion()
    assert child.ask({"do": "print"}, 30 * SCALE) == {"read": ""}
    assert child.ask({"do": "echo", "what": 1}, 30 * SCALE)["echo"] == 1


def test_its_errors_are_raised_here_as_they_were(companion: Any) -> None:
    child = companion()
    with pytest.raises(InvalidParameter) as refused:
        child.ask({"do": "refuse"}, 30 * SCALE)
    assert refused.value.field == "estimator.params.C"
    assert refused.value.problem == "is -1; expected more than 0"
    with pytest.raises(UnknownModel, match="there is no model 'iris'"):
        child.ask({"do": "unknown"}, 30 * SCALE)


def test_fault_inside_is_an_error_and_the_process_goes_on(companion: Any) -> None:
    child = companion()
    with pytest.raises(ProgressError, match="KeyError") as fault:
        child.ask({"do": "fault"}, 30 * SCALE)
    assert fault.value.reason == "internal_error"
    pid = child.pid
    assert child.ask({"do": "echo", "what": 1}, 30 * SCALE)["pid"] == pid


def test_killed_process_is_told_with_its_last_words_and_started_again(companion: Any) -> None:
    child = companion(failure=ServingFailed, what="the model's process")
    with pytest.raises(ServingFailed, match="SIGKILL; it said last: these were my last words"):
        child.ask({"do": "die"}, 30 * SCALE)
    assert child.ask({"do": "echo", "what": 1}, 30 * SCALE)["echo"] == 1
    with pytest.raises(ServingFailed, match="ended with status 3"):
        child.ask({"do": "exit"}, 30 * SCALE)


def test_process_that_dies_while_it_starts_is_started_once_more(
    companion: Any, tmp_path: Path
) -> None:
    tried = tmp_path / "tried"
    dies = f"""
import os, signal
with open({str(tried)!r}, "a") as file:
    file.write("x")
if os.path.getsize({str(tried)!r}) < {{}}:
    os.kill(os.getpid(), signal.SIGKILL)
"""
    once = companion(dies.format(2) + CHILD)
    assert once.ask({"do": "echo", "what": 1}, 30 * SCALE)["echo"] == 1
    tried.unlink()
    with pytest.raises(Unavailable, match="killed by SIGKILL while it started") as told:
        companion(dies.format(9) + CHILD).ask({"do": "echo", "what": 1}, 30 * SCALE)
    assert told.value.retryable
    assert tried.read_text() == "xx"


def test_who_has_no_patience_is_told_of_a_slow_answer_but_waits_for_a_slow_start(
    companion: Any,
) -> None:
    child = companion("import time; time.sleep(0.5)" + CHILD)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(child.ask, {"do": "echo", "what": 1}, 30 * SCALE)
        time.sleep(0.1)
        assert child.ask({"do": "echo", "what": 2}, 30 * SCALE, patience_s=0.05)["echo"] == 2
        assert first.result()["echo"] == 1
        slow = pool.submit(child.ask, {"do": "sleep", "s": 1.0}, 30 * SCALE)
        time.sleep(0.2)
        with pytest.raises(CompanionBusy):
            child.ask({"do": "echo", "what": 3}, 30 * SCALE, patience_s=0.05)
        slow.result()
        assert child.ask({"do": "echo", "what": 4}, 30 * SCALE, patience_s=0.05)["echo"] == 4


def test_answer_that_does_not_come_in_time_ends_the_process(companion: Any) -> None:
    child = companion()
    pid = child.ask({"do": "echo", "what": 1}, 30 * SCALE)["pid"]
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"did not answer within 0\.3 s"):
        child.ask({"do": "sleep", "s": 600}, 0.3)
    assert time.monotonic() - started < 5 * SCALE
    assert not psutil.pid_exists(pid)
    assert child.ask({"do": "echo", "what": 1}, 30 * SCALE)["pid"] != pid


def test_idle_process_ends_by_itself_and_the_next_question_starts_another(companion: Any) -> None:
    child = companion(idle_s=0.2)
    first = child.ask({"do": "echo", "what": 1}, 30 * SCALE)["pid"]
    deadline = time.monotonic() + 10 * SCALE
    while child.pid is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert child.ask({"do": "echo", "what": 2}, 30 * SCALE)["pid"] != first


def test_question_that_meets_the_end_of_an_idle_process_is_asked_again(companion: Any) -> None:
    child = companion(idle_s=0.2)
    first = child.ask({"do": "echo", "what": 1}, 30 * SCALE)["pid"]
    # Stopped past its idle time: when it goes on it ends, with the question in its pipe.
    os.kill(first, signal.SIGSTOP)
    time.sleep(0.4)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(child.ask, {"do": "echo", "what": 2}, 30 * SCALE)
        os.kill(first, signal.SIGCONT)
        assert waiting.result()["echo"] == 2


def test_process_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = f"""
import os, signal, sys
from jupyter_progress.models.companion import Companion
child = Companion([sys.executable, "-c", {CHILD!r}])
print(child.ask({{"do": "echo", "what": 1}}, 60)["pid"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    parent = psutil.Popen([sys.executable, "-c", script], stdout=-1)
    with parent.stdout:
        pid = int(parent.stdout.readline())
    parent.wait()
    deadline = time.monotonic() + 10 * SCALE
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_refused_opening_is_raised_at_each_question(companion: Any) -> None:
    child = companion(opening={"refuse": True})
    for _ in range(2):
        with pytest.raises(UnknownModel, match="opening"):
            child.ask({"do": "echo", "what": 1}, 30 * SCALE)
        assert child.pid is None


def test_command_that_does_not_exist_is_told(companion: Any) -> None:
    child = Companion(["/nonexistent/python"], what="the process")
    with pytest.raises(Unavailable, match="the process did not start"):
        child.ask({}, 1)


def test_process_that_cannot_import_says_what_is_missing(companion: Any) -> None:
    with pytest.raises(Unavailable, match="No module named 'nonexistent'"):
        companion("import nonexistent").ask({}, 30 * SCALE)


def test_process_that_talks_nonsense_is_ended(companion: Any) -> None:
    with pytest.raises(Unavailable, match="not JSON"):
        companion("print('hello', flush=True); input(); input()").ask({}, 30 * SCALE)


def test_closing_ends_the_process_its_children_and_whoever_waits(companion: Any) -> None:
    child = companion()
    pids = [child.ask({"do": do, "what": 0}, 30 * SCALE)["pid"] for do in ("echo", "fork")]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(child.ask, {"do": "sleep", "s": 600}, 600)
        time.sleep(0.1)
        child.close()
        with pytest.raises(Unavailable):
            waiting.result(timeout=10 * SCALE)
    assert not psutil.pid_exists(pids[0])
    grandchild = pids[1]
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie"
    with pytest.raises(Unavailable, match="was closed"):
        child.ask({"do": "echo"}, 1)


def test_secrets_of_the_server_do_not_reach_it(
    companion: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = [
        "JUPYTER_TOKEN",
        "JUPYTERHUB_API_TOKEN",
        "JPY_API_TOKEN",
        "CONFIGPROXY_AUTH_TOKEN",
        "JUPYTER_PROGRESS_TOKEN_FILE",
        "JUPYTER_PROGRESS_URL",
    ]
    for name in secrets:
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("MY_OWN", "kept")
    found = companion().ask({"do": "environment"}, 30 * SCALE)
    assert found["MY_OWN"] == "kept"
    assert "secret" not in found.values()
    assert child_environment({"JUPYTER_TOKEN": "x", "HOME": "/"}) == {"HOME": "/"}
