"""A script of a user's own that trains: ``python -m tests.faults.producer STEPS PAUSE_S``.

It finds its data directory as any script does. Prints the run's id first.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import jupyter_progress as jp

from ..jupyter_process import JupyterProcess

ROOT = Path(__file__).parents[2]


def start(jupyter: JupyterProcess, steps: int, pause_s: float) -> tuple[subprocess.Popen[str], str]:
    """Start it beside a server, on the same data directory; the process, and the run's id."""
    command = [sys.executable, "-m", "tests.faults.producer", str(steps), str(pause_s)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=jupyter.environ(), text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        run_id = process.stdout.readline().strip()
    assert run_id, "the producer did not begin"
    return process, run_id


def main(steps: int, pause_s: float) -> None:
    with jp.Run("a loop", stages=["load", "fit", "check"], display=False) as run:
        print(run.run_id, flush=True)
        for stage in ("load", "fit", "check"):
            with run.stage(stage):
                for step in range(steps):
                    run.log({"loss": 1 / (step + 1)}, step=step)
                    time.sleep(pause_s)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
