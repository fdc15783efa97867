"""What cannot fit is refused with the figures, and nothing that fits is."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from jupyter_progress.core.requests import RunRequest, Split
from jupyter_progress.errors import DoesNotFit
from jupyter_progress.machine.cgroups import ControlGroup
from jupyter_progress.training.capacity import (
    WORKER_BYTES,
    Room,
    check_file,
    check_memory,
    check_rows,
    copies_of,
    memory_room,
    rows_in,
)
from jupyter_progress.training.process_tree import held_memory

GB = 1_000_000_000


def asked(brings: tuple[str, ...] = (), **more: object) -> RunRequest:
    dataset = {"source": "upload", "id": "0" * 32, **dict.fromkeys(brings, "1" * 32)}
    return RunRequest(dataset=dataset, estimator={"upload": "0" * 32}, **more)  # type: ignore[arg-type]


def test_refusal_has_the_figures_and_the_way_round_it() -> None:
    rows = 9_200_000_000 - WORKER_BYTES
    with pytest.raises(DoesNotFit) as refused:
        check_memory(rows, 1, Room(4 * GB, 8 * GB), "X")
    words = str(refused.value)
    assert words.startswith(
        "X: needs about 9.20 GB of memory; 4.00 GB are free of the limit of 8.00 GB."
    )
    assert "start_anyway=True" in words
    check_memory(rows, 1, Room(10 * GB, 16 * GB), "X")
    check_memory(rows, 0, Room(4 * GB, 8 * GB), "X")


def test_rows_that_are_mapped_and_not_divided_are_not_counted() -> None:
    assert copies_of(asked(split=None), is_mapped=True) == 0
    assert copies_of(asked(split=Split(test=0, validation=0)), is_mapped=True) == 0
    assert copies_of(asked(), is_mapped=True) == 1
    assert copies_of(asked(split=Split(shuffle=False, stratify=False)), is_mapped=True) == 0
    assert copies_of(asked(split=Split(shuffle=False, stratify=False)), is_mapped=False) == 2
    assert copies_of(asked(split=None), is_mapped=False) == 1
    assert copies_of(asked(("test",), split=Split(validation=0)), is_mapped=True) == 0
    assert copies_of(asked(("test",), split=Split(validation=0.2)), is_mapped=True) == 1
    assert copies_of(asked(("test", "validation")), is_mapped=True) == 0


def test_room_is_the_least_of_machine_group_and_what_is_allowed(tmp_path: Path) -> None:
    machine = psutil.virtual_memory()
    assert memory_room(1 << 20) == Room(1 << 20, 1 << 20)
    assert memory_room(1 << 60).limit_bytes <= machine.total
    group = tmp_path / "job"
    group.mkdir()
    (tmp_path / "cgroup.controllers").write_text("memory")
    (group / "memory.max").write_text("1000000")
    (group / "memory.current").write_text("900000")
    # What the cache holds is given back, also what was read of late.
    (group / "memory.stat").write_text("anon 200000\ninactive_file 300000\nactive_file 400000\n")
    found = memory_room(group=ControlGroup(tmp_path, "0::/job"))
    assert found == Room(free_bytes=800_000, limit_bytes=1_000_000)


def test_file_is_measured_without_being_read(tmp_path: Path) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).random((20_000, 20)))
    frame.columns = [f"c{i}" for i in range(20)]
    in_memory = int(frame.memory_usage(index=False).sum())
    for name, write in {
        "a.csv": lambda path: frame.to_csv(path, index=False),
        "a.parquet": frame.to_parquet,
        "a.npy": lambda path: np.save(path, frame.to_numpy()),
        "a.npz": lambda path: np.savez(path, X=frame.to_numpy()),
    }.items():
        path = tmp_path / name
        write(path)
        request = asked()
        # What has room for what pandas makes of it, twice, is never refused.
        check_file(request, path, Room(WORKER_BYTES + 2 * in_memory + (1 << 20), 8 * GB))
        with pytest.raises(DoesNotFit):
            check_file(request, path, Room(WORKER_BYTES + in_memory // 2, 8 * GB))
        assert rows_in(path) == (20_000 if name in ("a.parquet", "a.npy") else None)


def test_targets_and_weights_that_are_divided_are_measured_as_well(tmp_path: Path) -> None:
    rows, beside = tmp_path / "X.npy", tmp_path / "y.npy"
    for path in (rows, beside):
        np.save(path, np.ones(1_000_000))
    room = Room(WORKER_BYTES + 12_000_000, 8 * GB)
    check_file(asked(), rows, room)
    with pytest.raises(DoesNotFit):
        check_file(asked(), rows, room, [beside])
    check_file(asked(split=None), rows, room, [beside])


def test_more_rows_than_are_allowed_are_refused() -> None:
    check_rows(10, 10)
    check_rows(10, None)
    check_rows(10, 0)
    with pytest.raises(DoesNotFit, match=r"X: has 1,001 rows; at most 1,000 .*max_rows"):
        check_rows(1001, 1000, "X")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells pages apart")
def test_mapped_pages_are_no_memory_that_is_held(tmp_path: Path) -> None:
    own = psutil.Process()
    path = tmp_path / "rows"
    path.write_bytes(b"1" * (64 << 20))
    before, resident = held_memory(own), own.memory_info().rss
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        total = sum(mapped[place] for place in range(0, len(mapped), os.sysconf("SC_PAGE_SIZE")))
        assert total > 0
        assert own.memory_info().rss - resident > 48 << 20
        assert held_memory(own) - before < 16 << 20
    # Pages of its own: the allocator would hand out what earlier tests have left resident.
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    with mmap.mmap(-1, 64 << 20, flags=private) as kept:
        kept.write(b"2" * len(kept))
        assert held_memory(own) - before > 48 << 20
