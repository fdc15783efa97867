"""The kinds of run: what trains, and who looks after the process in which it does.

``pipeline`` fits an estimator and ``function`` calls a function, both in a worker under a keeper;
``own`` is code in a process of the user's, ``external`` one on a machine that shares no disk.
"""

from __future__ import annotations

from typing import Final

UNDER_KEEPER: Final[frozenset[str]] = frozenset({"pipeline", "function"})


def has_keeper(kind: str) -> bool:
    """Whether runs of this kind wait in the queue and train in a worker of ours."""
    return kind in UNDER_KEEPER
