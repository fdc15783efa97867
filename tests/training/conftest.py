"""A data directory for runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_progress.store.layout import DataDirectory


@pytest.fixture
def data_dir(own_data_dir: Path) -> DataDirectory:
    """An empty data directory."""
    return DataDirectory(own_data_dir).ensure()


@pytest.fixture(autouse=True)
def one_thread():
    """OpenMP's threads spin while they wait, which beside other tests costs more than it gains."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
