"""Which notices are done with: written into the run's directory, which outlives every server."""

from __future__ import annotations

import logging
import time

from ..core.run_notice import Cause
from ..core.times import to_iso
from ..store.layout import DataDirectory, RunDirectory, read_json_object


class NoticeRecord:
    """Read and written by whoever holds the lock, from one thread."""

    def __init__(self, data: DataDirectory, log: logging.Logger) -> None:
        self._data = data
        self._log = log
        self._done: set[tuple[str, str]] = set()

    def is_done(self, cause: Cause) -> bool:
        """Whether a cause was told or given up, by whichever server."""
        if (cause.run_id, cause.key) in self._done:
            return True
        record = read_json_object(self.directory(cause).notices_file)
        if record is None or cause.key not in record:
            return False
        self._done.add((cause.run_id, cause.key))
        return True

    def directory(self, cause: Cause) -> RunDirectory:
        """Of the run that a cause is about."""
        return RunDirectory(self._data.runs / cause.run_id)

    def drop(self, cause: Cause) -> None:
        """Be done with what is about a run that is no more."""
        self._done.add((cause.run_id, cause.key))

    def write(self, cause: Cause, outcome: str) -> None:
        """Write down that a notice is done with."""
        self._done.add((cause.run_id, cause.key))
        directory = self.directory(cause)
        record = read_json_object(directory.notices_file) or {}
        record[cause.key] = {"outcome": outcome, "time": to_iso(time.time())}
        try:
            directory.write_json(directory.notices_file, record)
        except FileNotFoundError:
            return  # deleted meanwhile
        except OSError as error:
            self._log.warning(
                "jupyter-progress: that a notice of run %s is %s could not be written down (%s); "
                "a restarted server may tell it again",
                cause.run_id, outcome.replace("_", " "), error.strerror,
            )  # fmt: skip
