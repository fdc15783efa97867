"""When a fit keeps a checkpoint: as often as its share of the time pays for, and not before.

What was grown since the last one is pickled in the thread that asks, between two steps; a thread of
its own writes it to the disk, where the fit does not wait for it.
"""

from __future__ import annotations

import pickle
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from ...errors import ArtifactRefused
from ..checkpoint_files import CheckpointFiles, Kept

EVERY_S = 5.0  # a fit that is shorter is as well begun again
SHARE = 0.5  # of what watching may cost


class Keeping:
    """The checkpoints of one fit.

    Parameters
    ----------
    files
        Where they are kept.
    max_overhead
        The share of the training time that watching and keeping may cost together.
    every_s
        Seconds of training between two checkpoints, at least.
    is_interrupted
        Whether the run is asked to save what it has, because the machine goes away.
    warn
        Given a sentence for the person whose run it is.
    """

    def __init__(
        self,
        files: CheckpointFiles,
        *,
        max_overhead: float,
        every_s: float = EVERY_S,
        is_interrupted: Callable[[], bool] = lambda: False,
        warn: Callable[[str], None] = print,
    ) -> None:
        self._files = files
        self._share = SHARE * max_overhead
        self._every_s = every_s
        self._is_interrupted = is_interrupted
        self._warn = warn
        self._kept: Kept | None = None
        self._kept_at_s = 0.0
        self._spent_s = 0.0
        self._member_s: float | None = None
        self._writer: threading.Thread | None = None
        self._is_off = False
        #: Seconds of training in what this fit has gone on from.
        self.carried_s = 0.0

    def go_on_from(self, kept: Kept) -> None:
        """Let the fit take a checkpoint up."""
        self._kept = kept
        self.carried_s = kept.train_s

    def take(self) -> tuple[Any, list[Any], int] | None:
        """The head, the parts and the step to go on from; None: the fit starts with nothing.

        A way to fit that cannot go on never asks, and no checkpoint of it is ever kept.
        """
        kept = self._kept
        if kept is None:
            return None
        try:
            head, parts = self._files.open(kept)
        except ArtifactRefused as refusal:
            self._warn(f"The checkpoint is refused, and the fit starts again: {refusal}")
            self._kept, self.carried_s = None, 0.0
            self._files.clear()
            return None
        return head, parts, kept.step

    def offer(
        self,
        done: int,
        elapsed_s: float,
        head: Callable[[], Any],
        part: Callable[[int, int], Any],
        *,
        is_last: bool = False,
    ) -> float:
        """Keep a checkpoint after so many steps, if it is time for one and within its share.

        Parameters
        ----------
        elapsed_s
            Since the fit began, in this attempt.
        head
            Makes the estimator without its members.
        part
            Makes the members from one step to another.
        is_last
            The fit ends here, early.

        Returns
        -------
        float
            Seconds that it took of the training.
        """
        first = self._kept.step if self._kept else 0
        is_busy = self._writer is not None and self._writer.is_alive()
        if self._is_off or done <= first or (is_busy and not is_last):
            return 0.0
        is_due = elapsed_s - self._kept_at_s >= self._every_s
        if not (self._is_interrupted() if is_last else is_due):
            return 0.0
        begun_s, cpu_s = time.perf_counter(), time.thread_time()
        try:
            if is_last or self._pays(first, done, elapsed_s, part):
                self._keep(first, done, elapsed_s, head, part)
        except Exception as failure:
            # An ensemble of the user's own members, which cannot be pickled: the fit is not to end.
            self._is_off = True
            traceback.print_exc()
            self._warn(f"No checkpoint is kept: {type(failure).__name__}: {failure}")
        # What other programs take of the processor meanwhile is not what keeping costs.
        spent_s = min(time.perf_counter() - begun_s, time.thread_time() - cpu_s)
        self._spent_s += spent_s
        return spent_s

    def close(self) -> None:
        """Wait until what is being written is on disk."""
        if self._writer is not None:
            self._writer.join()

    def _pays(
        self, first: int, done: int, elapsed_s: float, part: Callable[[int, int], Any]
    ) -> bool:
        if self._member_s is None:
            self._member_s = self._cost_of(part, done)
        expected_s = self._member_s * (done - first)
        return self._spent_s + expected_s <= self._share * elapsed_s

    def _cost_of(self, part: Callable[[int, int], Any], done: int) -> float:
        """What it costs to pickle one member, told from the newest."""
        begun_s = time.thread_time()
        _pickled(part(done - 1, done))
        return time.thread_time() - begun_s

    def _keep(
        self,
        first: int,
        done: int,
        elapsed_s: float,
        head: Callable[[], Any],
        part: Callable[[int, int], Any],
    ) -> None:
        self.close()
        begun_s = time.thread_time()
        head_bytes, part_bytes = _pickled(head()), _pickled(part(first, done))
        self._member_s = (time.thread_time() - begun_s) / (done - first)
        self._kept_at_s = elapsed_s
        train_s = self.carried_s + elapsed_s
        self._writer = threading.Thread(
            target=self._write,
            args=(head_bytes, part_bytes, done, train_s),
            name="checkpoint",
            daemon=True,
        )
        self._writer.start()

    def _write(self, head: bytes, part: bytes, step: int, train_s: float) -> None:
        try:
            self._kept = self._files.write(self._kept, head, part, step, train_s)
        except OSError as reason:
            # A full disk ends no training; the next checkpoint tries again.
            print(f"the checkpoint after step {step} was not kept: {reason}")


def _pickled(content: Any) -> bytes:
    try:
        return pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    except Exception:
        # Of a class that the notebook defines.
        import cloudpickle

        return bytes(cloudpickle.dumps(content, pickle.HIGHEST_PROTOCOL))
