"""Estimators that do in ``fit`` what no estimator should."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

# The worker cannot import the tests: the class is handed over by value.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


class Hostile(ClassifierMixin, BaseEstimator):
    """Predicts the first class that it saw, after a deed.

    Parameters
    ----------
    deed
        Which of the methods below.
    path
        What ``fill`` writes to.
    """

    def __init__(self, deed: str = "nothing", path: str = "") -> None:
        self.deed = deed
        self.path = path

    def fit(self, X: Any, y: Any) -> Hostile:
        self.classes_ = np.unique(y)
        print("about to", self.deed, flush=True)
        getattr(self, f"_{self.deed}")()
        return self

    def predict(self, X: Any) -> Any:
        return np.full(len(X), self.classes_[0])

    def _nothing(self) -> None:
        pass

    def _hold(self) -> None:
        held = np.ones(100_000_000)  # 800 MB
        time.sleep(3.5)  # the keeper looks once a second
        print(held[-1])

    def _raise(self) -> None:
        raise ValueError("no such luck")

    def _segfault(self) -> None:
        ctypes.string_at(0)

    def _kill(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _alarm(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        time.sleep(60)

    def _map_and_kill(self) -> None:
        with Path(self.path).open("wb") as file:
            file.truncate(600 * 2**20)
        rows = np.memmap(self.path, dtype=np.uint8, mode="r")
        print("mapped", int(rows[::4096].sum()), flush=True)
        time.sleep(1.5)  # a sample is taken with all of it in memory
        self._kill()

    def _exit(self) -> None:
        os._exit(3)

    def _eat(self) -> None:
        eaten = []
        for _ in range(60):
            eaten.append(np.ones(2**22))  # 32 MiB
            time.sleep(0.1)

    def _gobble(self) -> None:
        eaten = []
        for _ in range(100):
            eaten.append(np.ones(2**22))

    def _allocate(self) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.RLIM_INFINITY))
        np.ones(1 << 31)

    def _fork(self) -> None:
        os.fork()

    def _daemon(self) -> None:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                print("daemon", os.getpid(), flush=True)
                time.sleep(600)
            os._exit(0)
        time.sleep(0.5)

    def _print(self, megabytes: int = 60) -> None:
        line = "x" * 99 + "\n"
        for _ in range(megabytes * 10):
            sys.stdout.write(line * 1000)

    def _gigabyte(self) -> None:
        self._print(1000)

    def _fill(self) -> None:
        with Path(self.path).open("wb", buffering=0) as file:
            for block in (1 << 16, 1):
                try:
                    while True:
                        file.write(b"x" * block)
                except OSError as error:
                    full = error
        raise full

    def _hang(self) -> None:
        time.sleep(10_000)

    def _deadlock(self) -> None:
        one, other = threading.Lock(), threading.Lock()

        def take(first: threading.Lock, second: threading.Lock) -> None:
            with first:
                time.sleep(0.2)
                second.acquire()

        waiting = threading.Thread(target=take, args=(other, one), daemon=True)
        waiting.start()
        take(one, other)

    def _compute(self, seconds: float = 12.0) -> None:
        until = time.process_time() + seconds
        while time.process_time() < until:
            pass


def threads_here() -> dict[str, int]:
    """How many threads BLAS and OpenMP use in this process."""
    import sklearn.neighbors  # noqa: F401 - loads both
    from threadpoolctl import threadpool_info

    return {info["user_api"]: info["num_threads"] for info in threadpool_info()}


class Parallel(Hostile):
    """Tells how many threads it has, and each process that it starts."""

    def __init__(self, deed: str = "tell", n_jobs: int = 2) -> None:
        super().__init__(deed)
        self.n_jobs = n_jobs

    def _tell(self) -> None:
        import joblib

        told = joblib.Parallel(self.n_jobs)(joblib.delayed(threads_here)() for _ in range(2))
        for kind, threads in {"own": threads_here(), "inner": told[0]}.items():
            print("threads", kind, threads["openmp"], flush=True)


def wait_for_itself() -> None:
    """A function that is in a deadlock, in a stage whose history begins with it."""
    import jupyter_progress as jp

    with jp.current_run().stage("wait"):
        Hostile()._deadlock()


class Traced(Hostile):
    """Writes down who opens it: the process, in a file."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        with Path(self.path).open("a") as file:
            file.write(f"{os.getpid()}\n")
