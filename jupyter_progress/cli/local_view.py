"""What the commands know of the runs: read from the data directory, without a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..core.names import is_run_id, shorten
from ..core.state import RunState
from ..errors import InvalidRequest, UnknownRun
from ..store.layout import DataDirectory, default_data_dir

READ_LIMIT_S = 60.0


def data_directory() -> DataDirectory:
    """The data directory of this user, made where it is missing."""
    found = DataDirectory(default_data_dir())
    found.ensure()
    return found


def full_run_id(given: str) -> str:
    """Complete a run id from its beginning or its end, as long as only one run fits.

    Raises
    ------
    UnknownRun
        No run fits.
    InvalidRequest
        Several do.
    """
    known = list(data_directory().run_ids())
    if is_run_id(given) and given in known:
        return given
    fitting = [run_id for run_id in known if given and (run_id.startswith(given) or run_id.endswith(given))]
    if not fitting:
        raise UnknownRun(shorten(given, 80))
    if len(fitting) > 1:
        raise InvalidRequest("", f"{given!r} fits {len(fitting)} runs: {', '.join(fitting[:5])}")
    return fitting[0]
