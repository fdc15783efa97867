"""How failures and deaths are told."""

from __future__ import annotations

import errno
import json

import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_progress.errors import UnsuitableData
from jupyter_progress.training import last_words
from jupyter_progress.training.failure import describe
from jupyter_progress.training.features import Features
from jupyter_progress.training.hints import Facts
from jupyter_progress.training.output_tail import OutputTail, last_lines


def raised(action) -> BaseException:
    try:
        action()
    except BaseException as failure:
        return failure
    raise AssertionError("nothing was raised")


def test_only_the_users_frames_are_shown_where_there_are_some():
    def broken(X):
        return LogisticRegression().fit(X, [0, 1])

    facts = Facts("none", Features(text=["city ('Rome')"]))
    told = describe(raised(lambda: broken([["a"], ["b"]])), "train", facts)
    assert "broken" in told["traceback"]
    assert "_validation.py" not in told["traceback"]
    assert told["reason"] == "fit_failed"
    assert "preprocess='auto'" in told["hint"]


TEXT = "could not convert string to float: 'Rome'"
NAN = "Input X contains NaN."
AGAIN = "The same fit in a notebook cell"


@pytest.mark.parametrize(
    ("message", "facts", "hint"),
    [
        (TEXT, Facts("none", Features(text=["a"])), "use preprocess='auto', or encode"),
        (TEXT, Facts("auto", Features(text=["a"])), "Some columns hold text: encode them."),
        (TEXT, Facts("auto", Features()), AGAIN),
        (TEXT, Facts("none", Features()), AGAIN),
        (TEXT, None, AGAIN),
        (NAN, Facts("none", Features(missing=["a"])), "use preprocess='auto', impute"),
        (NAN, Facts("auto", Features(missing=["a"])), "missing: impute them"),
        (NAN, Facts("auto", Features()), AGAIN),
        ("Input X contains infinity", Facts("auto", Features(infinite=["a"])), "Replace infinite"),
        ("Input X contains infinity", Facts("auto", Features()), AGAIN),
        ("Unknown label type: continuous.", Facts("auto", Features(), True), "use a regressor"),
        ("Unknown label type: continuous.", Facts("auto", Features(), False), AGAIN),
        ("No module named 'mine', said my own code", None, AGAIN),
        ("No space left on device, or so I think", None, AGAIN),
    ],
)
def test_hint_is_given_only_where_the_facts_bear_it_out(message, facts, hint):
    assert hint in describe(ValueError(message), "train", facts)["hint"]


def test_hint_about_the_surroundings_goes_by_what_was_raised():
    assert "Install" in describe(ModuleNotFoundError("No module named 'mine'"), "train")["hint"]
    assert "space" in describe(OSError(errno.ENOSPC, "No space left on device"), "train")["hint"]


def test_traceback_of_a_library_alone_is_nobodys():
    failure = raised(lambda: json.loads("{"))
    while failure.__traceback__.tb_next is not None:
        failure = failure.with_traceback(failure.__traceback__.tb_next)
    told = describe(failure, "load_data")
    assert told["traceback"] == ""
    assert "Expecting" in told["message"]
    assert told["reason"] == "data_not_loaded"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (MemoryError(), "out_of_memory"),
        (ModuleNotFoundError("No module named 'mine'"), "import_failed"),
        (UnsuitableData("dataset", "has no rows"), "unsuitable_data"),
        (SystemExit(3), "fit_failed"),
        (RuntimeError("x"), "fit_failed"),
    ],
)
def test_each_failure_has_a_stable_reason(failure, reason):
    told = describe(failure, "train")
    assert told["reason"] == reason
    assert told["message"]


@pytest.mark.parametrize(
    ("returncode", "peak", "limit", "oom", "reason"),
    [
        (-9, 10, 100, False, "worker_killed"),
        (-9, 99, 100, False, "worker_killed"),
        (-9, 99, 100, None, "out_of_memory"),
        (-9, 10, None, True, "out_of_memory"),
        (-15, 99, 100, False, "worker_killed"),
        (-11, 10, 100, False, "worker_crashed"),
        (1, 10, 100, False, "worker_crashed"),
        (0, 10, 100, False, "worker_crashed"),
    ],
)
def test_dead_worker_is_told_by_how_it_died(tmp_path, returncode, peak, limit, oom, reason):
    memory = last_words.Memory(limit and limit * 10**9, machine=200 * 10**9, was_oom_killed=oom)
    told = last_words.of_dead_worker(
        returncode, stage="train", output=tmp_path / "none", peak_memory=peak * 10**9, memory=memory
    )
    assert told["reason"] == reason
    if reason == "out_of_memory" and limit:
        assert "99 of 100 GB" in told["message"]


FULL = "OSError: [Errno 28] No space left on device: 'model.bin'"
OURS = "the run's journal could not be written: [Errno 122] Disk quota exceeded"
MISSING = "ModuleNotFoundError: No module named 'jupyter_progress'"
MISSING_PART = "ModuleNotFoundError: No module named 'jupyter_progress.training'"


@pytest.mark.parametrize(
    ("returncode", "printed", "has_begun", "reason"),
    [
        (74, "Epoch 3", True, "disk_full"),
        (74, OURS, True, "disk_full"),
        (1, f"Traceback (most recent call last):\n{FULL}\n", True, "disk_full"),
        (1, f"{FULL}\nwritten elsewhere in its place\n", True, "worker_crashed"),
        (7, FULL, True, "worker_crashed"),
        (7, f"{FULL}\n" + "Epoch\n" * 50, True, "worker_crashed"),
        (1, MISSING, False, "worker_not_started"),
        (1, MISSING_PART, False, "worker_not_started"),
        (1, MISSING, True, "worker_crashed"),
        (3, f"{MISSING}\ntried without it\n", True, "worker_crashed"),
    ],
)
def test_exit_is_told_by_its_code_and_its_last_line(
    tmp_path, returncode, printed, has_begun, reason
):
    output = tmp_path / "output.log"
    output.write_text(printed)
    told = last_words.of_dead_worker(
        returncode,
        stage="train",
        output=output,
        peak_memory=1,
        memory=last_words.Memory(None, machine=2**34),
        has_begun=has_begun,
    )
    assert told["reason"] == reason
    assert ("pip install" in told["hint"]) is (printed == MISSING and not has_begun)
    if printed == OURS:
        assert told["message"] == ("the run's directory could not be written: Disk quota exceeded")


def test_crash_shows_the_users_frames_of_what_was_printed(tmp_path):
    printed = tmp_path / "output.log"
    printed.write_text(
        "my own password\nFatal Python error: Segmentation fault\n\n"
        "Current thread 0x00007f (most recent call first):\n"
        '  File "/home/ada/model.py", line 3 in fit\n'
        '  File "/v/lib/python3.11/site-packages/sklearn/base.py", line 9 in wrapper\n'
    )
    memory = last_words.Memory(None, machine=2**34)
    told = last_words.of_dead_worker(
        -11, stage="train", output=printed, peak_memory=1, memory=memory
    )
    assert told["traceback"].splitlines()[1:] == ['  File "/home/ada/model.py", line 3 in fit']


def test_output_keeps_its_newest_part_within_its_limit(tmp_path):
    import os

    reading, writing = os.pipe()
    path = tmp_path / "output.log"
    tail = OutputTail(reading, path, limit_bytes=100_000)
    with os.fdopen(writing, "w") as pipe:
        for number in range(50_000):
            pipe.write(f"line {number}\n")
    tail.join(10)
    assert path.stat().st_size <= 100_000 + 65_536
    assert last_lines(path, 2) == "line 49998\nline 49999"
    assert path.read_text().startswith("[older output was dropped]\nline ")
