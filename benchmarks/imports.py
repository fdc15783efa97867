"""What `import jupyter_progress` and the command line's help cost, beside a bare interpreter."""

from __future__ import annotations

import subprocess
import sys

from .table import Figure, best_of


def measure() -> list[Figure]:
    """Best of seven processes each."""

    def ms(*words: str) -> float:
        return 1e3 * best_of(
            7, lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)
        )

    bare = ms("-c", "pass")
    command_line = ms("-m", "jupyter_progress.cli", "--help")
    return [
        Figure(
            "a process that imports jupyter_progress", ms("-c", "import jupyter_progress"), "ms",
            "bare Python", bare,
        ),
        Figure("`jupyter-progress --help`", command_line, "ms", "bare Python", bare),
    ]  # fmt: skip
