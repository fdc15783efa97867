"""Kills an indexing process after so many steps of the store's code, and looks at what is left.

``python -m tests.store.kills <folder> <first> <stride>``: for every step from the first on, a fresh
log of the same journals is indexed by a child that is killed with SIGKILL before that step; another
then goes on. Prints a JSON object with what was found wrong, and how many kills there were.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from jupyter_progress.store import indexer as indexer_module
from jupyter_progress.store import telling as telling_module
from jupyter_progress.store import volatile as volatile_module
from jupyter_progress.store.indexer import Indexer
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.log import Log

STORE = str(Path(indexer_module.__file__).parent)


def index(data: DataDirectory, path: Path | str) -> dict[str, Any]:
    """Index to the end; returns all that the log knows."""
    log = Log.open(path, now=0.0)
    indexer = Indexer(data, log, on_commit=lambda committed: None, own_server=0)
    for _ in range(4):
        while indexer.index_once():
            pass
    reader = indexer.reader
    events = reader.events(0, 10_000)
    runs, _next = reader.runs(limit=1000)
    found = {
        "offsets": [event.offset for event in events],
        "identities": [(event.origin, event.writer, event.sequence) for event in events],
        "types": [event.type for event in events],
        "runs": runs,
        "series": {run.run_id: reader.series(run.run_id) for run in runs},
        "activity": reader.activity(limit=1000)[0],
    }
    indexer.stop()
    log.close()
    return found


def index_until(data: DataDirectory, path: Path, steps: int) -> None:
    """In a child: die before the given line of the store's code; exit 0 where there are fewer."""
    left = steps

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(STORE):
            return None
        if event == "line":
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    sys.settrace(count)
    index(data, path)
    sys.settrace(None)


def main(folder: Path, first: int, stride: int) -> dict[str, Any]:
    telling_module.VOLATILE_INTERVAL_S = volatile_module.PROGRESS_INTERVAL_S = 0.0
    data = DataDirectory(folder / "progress")
    expected = index(data, ":memory:")
    wrong: list[str] = []
    kills = 0
    step = first
    while True:
        path = folder / f"log-{step}.db"
        child = os.fork()
        if not child:
            index_until(data, path, step)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        found = index(data, path)
        wrong += [f"step {step}: {key}" for key in expected if found[key] != expected[key]]
        for leftover in folder.glob(f"log-{step}*"):
            leftover.unlink()
        if not os.WIFSIGNALED(status):
            return {"kills": kills, "steps": step, "wrong": wrong}
        kills += 1
        step += stride


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
