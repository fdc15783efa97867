"""What a day in an open tab leaves behind, sped up: 205 runs before a page, 360 before panels."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .table import Figure

FRONTEND = Path(__file__).parents[1] / "frontend"
TOLD = re.compile(r"memory after an hour ([\d.]+) MB, (?:after a day|at the end) ([\d.]+) MB")
SOAKS = {
    "soak.slow": "a page grows by, from an hour to a day of 205 runs that log 30 points/s",
    "soak_panels.slow": "panels of a notebook grow by, from an hour to 360 runs",
}


def measure() -> Iterator[Figure]:
    """Megabytes of the tab, by the browser's own account of it."""
    for name, what in SOAKS.items():
        after_an_hour, in_the_end = _told_by(name)
        yield Figure(what, in_the_end - after_an_hour, "MB", "all that it takes", in_the_end)


def _told_by(name: str) -> tuple[float, float]:
    """Run a soak of the front end's tests; the memory after an hour and in the end, in MB."""
    words = ["node_modules/.bin/vitest", "run", f"tests/view/{name}.test.ts"]
    done = subprocess.run(
        words, cwd=FRONTEND, env={**os.environ, "TESTS": "slow"}, capture_output=True, text=True
    )
    found = TOLD.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"{name} did not come to its end:\n{done.stdout}{done.stderr}")
    return float(found[1]), float(found[2])
