"""How a run's processes are started: with which interpreter, and without the server's secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..models.child_environment import child_environment
from .places import Line

if TYPE_CHECKING:
    from ..store.layout import DataDirectory, RunDirectory

THREAD_VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# Not by PYTHONPATH: the worker would inherit it, and its interpreter may be another one.
_KEEPER = """
import sys
sys.path.append(sys.argv[2])
from jupyter_progress.training.keeper import main
sys.exit(main(sys.argv[1], *map(int, sys.argv[3:])))
"""
# The kernel's modules must be found as in the kernel, before anything of ours is imported. Where
# the package was found is told only to the same environment; another one has a package of its own.
_OPENING = """
import importlib, json, sys
first = json.loads(sys.argv[2])
sys.path[:] = first + [entry for entry in sys.path if entry not in first]
if sys.prefix == sys.argv[3]:
    sys.path.append(sys.argv[4])
worker = importlib.import_module("jupyter_progress.training." + sys.argv[5])
sys.exit(worker.main(sys.argv[1]))
"""
_WORKERS = {"pipeline": "worker", "function": "function_worker"}


def start_keeper(
    run_dir: RunDirectory, data_dir: DataDirectory, *, places: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a run's keeper in a session of its own, so that it outlives this process.

    Parameters
    ----------
    run_dir
        A queued run. Where another keeper holds its lock, the new one ends at once.
    data_dir
        Where the run lives.
    places
        How many runs train at the same time: the keeper waits for its turn before it starts the
        worker. None where whoever starts it has a queue of its own.

    Returns
    -------
    subprocess.Popen
        The keeper; a thread reaps it, so that nobody has to wait for it.
    """
    waits = []
    if places is not None:
        Line(run_dir, places).join()
        waits = [str(places)]
    log = (run_dir.path / "keeper.log").open("ab")
    with log:
        keeper = subprocess.Popen(
            [sys.executable, "-c", _KEEPER, str(run_dir.path), _own_folder(), *waits],
            cwd=data_dir.path,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    threading.Thread(target=keeper.wait, name=f"keeper {run_dir.run_id}", daemon=True).start()
    return keeper


def worker_command(request: dict[str, Any], run_path: Path) -> list[str]:
    """The command that starts a run's worker."""
    executor = request.get("executor") or {}
    python = executor.get("python") or sys.executable
    path = json.dumps(executor.get("sys_path") or [])
    worker = _WORKERS[str(request.get("kind") or "pipeline")]
    return [python, "-c", _OPENING, str(run_path), path, sys.prefix, _own_folder(), worker]


def worker_environment(limits: dict[str, Any]) -> dict[str, str]:
    """A worker's environment: the keeper's, with as many threads as it may use.

    Parameters
    ----------
    limits
        Of the run; ``threads`` says how many threads BLAS and OpenMP may use, and how many jobs
        ``n_jobs=-1`` is. By default as many as there are processors for this process; those
        libraries would count the whole machine's.
    """
    environment = dict(os.environ)
    threads = str(limits.get("threads") or available_processors())
    for name in THREAD_VARIABLES:
        environment.setdefault(name, threads)
    # What n_jobs=-1 comes to: without it, every run would take all processors for itself.
    environment.setdefault("LOKY_MAX_CPU_COUNT", threads)
    # Threads that spin while they wait take the processors from the kernels beside them.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    environment["PYTHONUNBUFFERED"] = "1"
    environment["PYTHONFAULTHANDLER"] = "1"
    return environment


def available_processors() -> int:
    """The processors that this process may run on, within its container's quota."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        count = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        if quota != "max":
            count = min(count, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):
        return count
    return count


def default_concurrent_runs() -> int:
    """How many runs train at the same time where nobody has said."""
    return max(1, available_processors() // 2)


def threads_of_each(concurrent_runs: int) -> int:
    """The threads of one of the runs that train at the same time: its part of the processors."""
    return max(1, available_processors() // concurrent_runs)


def _own_folder() -> str:
    """Where this very package was found."""
    return str(Path(__file__).resolve().parents[2])
