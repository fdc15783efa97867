"""Whether a run fits: what its rows take at the least, held against the memory that there is.

The estimate is a lower bound (the rows that a split copies, and an interpreter with scikit-learn),
so that nothing that fits is refused; what an estimator takes of its own is in it once earlier runs
have shown it (``peaks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..core.figures import size
from ..core.requests import RunRequest
from ..errors import DoesNotFit
from ..machine.cgroups import ControlGroup
from .sources import files as tables
from .sources import npz
from .sources.mapped import map_array

WORKER_BYTES = 150 << 20  # scikit-learn and pandas, imported
# A number in a CSV file has some characters; this many bytes of it become at least one in memory.
_CSV_BYTES = 3
_MAPPED = ("npy", "mapped", "arrow", "feather")


@dataclass(frozen=True)
class Room:
    """The memory that a run may use.

    Parameters
    ----------
    free_bytes
        What nobody else holds of it.
    limit_bytes
        All of it.
    """

    free_bytes: int
    limit_bytes: int


def memory_room(allowed_bytes: int | None = None, group: ControlGroup | None = None) -> Room:
    """The memory of the machine, its control group or what a run is allowed: the least of them.

    Parameters
    ----------
    allowed_bytes
        What one run may use by configuration; None for no such limit.
    """
    machine, swap = psutil.virtual_memory(), psutil.swap_memory()
    rooms = [Room(machine.available + swap.free, machine.total)]
    used = (group or ControlGroup()).memory()
    if used is not None:
        # Pages of files are given back, also those that were used of late.
        free = used.limit - max(0, used.used - used.active_cache)
        rooms.append(Room(max(0, free), used.limit))
    if allowed_bytes:
        rooms.append(Room(allowed_bytes, allowed_bytes))
    return min(rooms, key=lambda room: room.free_bytes)


def check_memory(
    rows_bytes: int,
    copies: int,
    room: Room,
    field: str = "dataset",
    learned_bytes: int | None = None,
) -> None:
    """Refuse a run that cannot fit.

    Parameters
    ----------
    rows_bytes
        What the rows take in memory, at the least.
    copies
        How many times a run holds them at its peak; rows that are mapped from a file do not count.
    field
        How messages name the rows.
    learned_bytes
        What earlier runs of this kind tell that it holds at its peak; None where there were none.

    Raises
    ------
    DoesNotFit
    """
    least = WORKER_BYTES + copies * rows_bytes
    needed = max(least, learned_bytes or 0)
    if needed > room.free_bytes:
        by = ", going by earlier runs of this estimator" if needed > least else ""
        raise DoesNotFit(
            field,
            f"needs about {size(needed)} of memory{by}; {size(room.free_bytes)} are free of the "
            f"limit of {size(room.limit_bytes)}. Take fewer rows, smaller types (float32), or all "
            "the same: start_anyway=True",
        )


def check_rows(rows: int, allowed: int | None, field: str = "dataset") -> None:
    """Refuse more rows than one run may learn from.

    Raises
    ------
    DoesNotFit
    """
    if allowed and rows > allowed:
        raise DoesNotFit(
            field, f"has {rows:,} rows; at most {allowed:,} are allowed here (max_rows)"
        )


def copies_of(request: RunRequest, *, is_mapped: bool) -> int:
    """How many times a run holds its rows at its peak: loaded, and divided."""
    split = request.split
    # Of a search, no rows are held out for validation unless that was asked for; and of what an
    # upload brings rows of its own for, none are taken from the others.
    is_divided = split is not None and any(
        share and request.dataset.get(part) is None
        for part, share in (("test", split.test), ("validation", split.validation))
    )
    # Rows that stay in their order are divided as they lie, where they are mapped.
    is_copied = is_divided and not (is_mapped and split is not None and not split.shuffle)
    return int(is_copied) + int(not is_mapped)


def check_file(request: RunRequest, path: Path, room: Room, beside: Sequence[Path] = ()) -> None:
    """Refuse a request whose file cannot fit, as far as that can be told without reading it.

    Parameters
    ----------
    beside
        Files of what is divided along with the rows: targets, weights.

    Raises
    ------
    DoesNotFit
    """
    needed = sum(
        _least_bytes(each) * copies_of(request, is_mapped=each.suffix[1:] in _MAPPED)
        for each in (path, *beside)
    )
    check_memory(needed, 1, room)


def rows_in(path: Path) -> int | None:
    """How many rows a file says that it has; None where it does not say."""
    if path.suffix == ".npy":
        return len(map_array(path, "dataset"))
    with path.open("rb") as file:
        return tables.row_count(path) if file.read(4) == b"PAR1" else None


def _least_bytes(path: Path) -> int:
    """What the rows of a file take in memory, at the least."""
    found = path.stat().st_size
    if path.suffix == ".npz":
        return npz.unpacked_bytes(path)
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return tables.least_bytes(path)
    return found // _CSV_BYTES if path.suffix == ".csv" else found
