"""What is sent to a server on another disk arrives, with a bar."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

import jupyter_progress as jp
from jupyter_progress.notebook import server_backend, upload_bar
from jupyter_progress.notebook.upload_bar import TerminalBar, with_bar, words_of


class Drawn:
    def __init__(self) -> None:
        self.shares: list[float] = []
        self.words: list[str] = []
        self.is_closed = False

    def draw(self, share: float, words: str) -> None:
        self.shares.append(share)
        self.words.append(words)

    def close(self) -> None:
        self.is_closed = True


def test_bytes_are_passed_on_unchanged_and_the_bar_rises() -> None:
    content = np.random.default_rng(0).bytes(3_000_000)
    drawn, time = Drawn(), iter(np.arange(0.0, 1e4, 0.3))
    chunks = [content[:2_000_000], b"", memoryview(content)[2_000_000:]]
    passed = list(with_bar(chunks, len(content), drawn, lambda: float(next(time))))
    assert b"".join(passed) == content
    assert max(map(len, passed)) <= upload_bar.PIECE_BYTES
    assert drawn.shares == sorted(drawn.shares)
    assert (drawn.shares[0], drawn.shares[-1]) == (0.0, 1.0)
    assert drawn.words[0] == "sending: 0 B of 3.00 MB"
    assert drawn.words[-1].startswith("sent 3.00 MB in ")
    assert drawn.is_closed


def test_bar_that_is_interrupted_is_closed() -> None:
    drawn = Drawn()
    passing = with_bar([b"x" * 100] * 9, 900, drawn)
    next(passing)
    passing.close()
    assert drawn.is_closed
    assert drawn.shares == [0.0]


def test_pace_and_time_left_are_told() -> None:
    assert words_of(310_000_000, 1_020_000_000, 5.0).startswith(
        "sending: 310 MB of 1.02 GB, 62.0 MB/s, "
    )


def test_line_on_the_terminal_is_one_line() -> None:
    stream = io.StringIO()
    bar = TerminalBar(stream)
    bar.draw(0.5, "half")
    bar.close()
    assert stream.getvalue().endswith("████████████░░░░░░░░░░░░ half\n")
    assert stream.getvalue().count("\n") == 1


def test_little_is_sent_without_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_bar, "_bar_here", lambda: pytest.fail("a bar for 3 bytes"))
    assert b"".join(with_bar([b"abc"], 3)) == b"abc"


@pytest.mark.parametrize("made", ["server"], indirect=True)
def test_kernel_without_the_servers_disk_sends_its_rows(
    here: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn = Drawn()
    monkeypatch.setattr(upload_bar, "_bar_here", lambda: drawn)
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(tmp_path / "elsewhere"))
    backend = server_backend.ServerBackend(here.backend.address)
    monkeypatch.setattr("jupyter_progress.notebook.backend._backend", backend)
    assert not backend.shares_disk
    X = np.random.default_rng(0).random((20_000, 60))
    y = (X[:, 0] > 0.5).astype(int)
    forest = RandomForestClassifier(2, max_depth=2, random_state=0)
    run = jp.train(forest, X, y, sample_weight=1.0 + y, display=False).wait()
    assert run.status == "completed"
    assert drawn.shares[-1] == 1.0
    assert not (tmp_path / "elsewhere").exists()
    kept = Path(here.data_dir) / "uploads" / run.state["spec"]["dataset"]["id"] / "data.npy"
    assert np.array_equal(np.load(kept), X)
