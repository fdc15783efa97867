"""A JupyterHub for all tests of this folder, and people with browsers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..browser.conftest import chromium  # noqa: F401 - a fixture
from ..jupyter_process import SCALE
from .hub_process import HubProcess
from .person import Person


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240 * SCALE))


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A JupyterHub; nobody's server is up yet."""
    process = HubProcess(tmp_path_factory.mktemp("hub"))
    try:
        yield process.start()
    finally:
        process.stop()


@pytest.fixture
def person(hub: HubProcess, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Person]]:
    """Make somebody whose server is up, with a browser that knows nobody yet."""
    people: list[Person] = []

    def make(name: str) -> Person:
        hub.start_server(name)
        people.append(Person(name, hub, lambda: request.getfixturevalue("chromium")))
        return people[-1]

    yield make
    for one in people:
        one.leave()
