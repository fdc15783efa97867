"""How many threads the processes of an estimator's ``n_jobs`` use, so that they share the worker's.

joblib gives each process that it starts the thread counts that stand in the environment, as they
are: n processes would use n times the threads that are this run's.
"""

from __future__ import annotations

import os
from typing import Any

from .launch import THREAD_VARIABLES


def share_threads(estimator: Any) -> int | None:
    """Leave each process of ``n_jobs`` its part of the worker's threads.

    This process itself goes on with its own: what it has loaded has read the variables already.

    Returns
    -------
    int or None
        Threads for each; None where the estimator starts no processes, or nothing is set.
    """
    from joblib import effective_n_jobs

    jobs = max((effective_n_jobs(n) for n in _jobs_of(estimator)), default=1)
    if jobs <= 1:
        return None
    share: int | None = None
    for name in THREAD_VARIABLES:
        threads = os.environ.get(name, "")
        if threads.isdigit():
            share = max(1, int(threads) // jobs)
            os.environ[name] = str(share)
    return share


def _jobs_of(estimator: Any) -> list[int]:
    if not hasattr(estimator, "get_params"):
        return []
    return [
        value
        for name, value in estimator.get_params(deep=True).items()
        if name.rpartition("__")[2] == "n_jobs" and isinstance(value, int) and value != 0
    ]
