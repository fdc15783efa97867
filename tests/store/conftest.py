from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .bench import Bench, Index


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def index(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Index]]:
    """Makes indexers that take volatile lines in at once; closes them, and checks their logs."""
    monkeypatch.setattr("jupyter_progress.store.telling.VOLATILE_INTERVAL_S", 0.0)
    monkeypatch.setattr("jupyter_progress.store.volatile.PROGRESS_INTERVAL_S", 0.0)
    made: list[Index] = []

    def make(path: Path | str = ":memory:", **options: Any) -> Index:
        made.append(Index(bench, path, **options))
        return made[-1]

    yield make
    for each in made:
        if each.log.is_open:
            identities = each.identities()
            assert len(identities) == len(set(identities))
        each.close()
