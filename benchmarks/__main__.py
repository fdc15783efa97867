"""``python -m benchmarks [name …]``: measure, and print one table."""

from __future__ import annotations

import importlib
import os
import platform
import sys

MEASUREMENTS = (
    "eta",
    "imports",
    "producers",
    "server",
    "all_cores",
    "overhead",
    "overhead_whole",
    "log",
    "latency",
    "fanout",
    "handover",
    "view",
)


def main(names: list[str]) -> int:
    """Measure what was named; everything by default."""
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        print(f"no measurement {', '.join(sorted(unknown))}; expected {', '.join(MEASUREMENTS)}")
        return 2
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f}\n")
    print("| what | here | beside | ratio |\n|---|---|---|---|")
    for name in names or MEASUREMENTS:
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
