"""Registering a run's model and putting a version in service; belongs in a worker thread."""

from __future__ import annotations

from typing import Any

from ..core.names import shorten
from ..core.state import RunState
from ..core.transitions import has_ended
from ..errors import NoModel, RunNotFinished, UnknownModel, UnknownRun
from ..store.layout import RunDirectory
from .services import Services


def register_run(services: Services, name: str, state: RunState, who: str) -> int:
    """Make a model version of what a run has trained; one that it has under this name is kept.

    Raises
    ------
    RunNotFinished
        The run is still going on.
    NoModel
        It ended without a model.
    """
    if not has_ended(state.status):
        raise RunNotFinished(
            f"run {state.run_id} is {state.status}; its model is there once it has completed"
        )
    directory = services.data.run(state.run_id)
    if state.status != "completed" or not (directory.model_dir / "manifest.json").is_file():
        raise NoModel(f"run {state.run_id} ended as {state.status}, without a model to register")
    with services.creating:
        known = _version_of(services, name, state.run_id)
        if known is not None:
            return known
        version = services.registry.register(
            name,
            directory.path,
            run_id=state.run_id,
            result=state.result,
            time=services.now(),
        )
        data = {"name": name, "version": version, "previous": version - 1 or None}
        place = services.facts.about_run(
            directory, "model_registered", data, name=state.name, who=who
        )
    services.facts.wait(place)
    return version


def _version_of(services: Services, name: str, run_id: str) -> int | None:
    try:
        versions = services.registry.get(name)["versions"]
    except UnknownModel:
        return None
    for version in versions:
        if version.get("run_id") == run_id:
            return int(version["version"])
    return None


def deploy_version(services: Services, name: str, version: int, who: str) -> dict[str, Any]:
    """Put a version in service, once its process has opened the model.

    Where it is in service already nothing changes and nothing is told: ``previous`` is the same
    version, and ``changed`` False.

    Raises
    ------
    UnknownModel
        There is no such version.
    ArtifactRefused, ServingFailed
        It cannot be served; what was in service before still is.
    """
    registered = _registration(services, name, version)
    services.serving.check(name, version)
    with services.creating:
        if services.registry.deployed(name) == version:
            return {"name": name, "deployed": version, "previous": version, "changed": False}
        previous = services.registry.deploy(name, version, services.now(), who)
        data = {"name": name, "version": version, "previous": previous}
        run = _directory(services, registered.get("run_id"))
        # A run that was deleted has no journal; its model stays, and the server tells it.
        place = (
            services.facts.about_server("model_deployed", data, name=name, who=who)
            if run is None
            else services.facts.about_run(run, "model_deployed", data, name=name, who=who)
        )
    services.facts.wait(place)
    return {"name": name, "deployed": version, "previous": previous, "changed": True}


def _registration(services: Services, name: str, version: int) -> dict[str, Any]:
    for known in services.registry.get(name)["versions"]:
        if known["version"] == version:
            return dict(known)
    raise UnknownModel(f"{shorten(name, 60)} version {version}")


def _directory(services: Services, run_id: str | None) -> RunDirectory | None:
    if run_id is None:
        return None
    try:
        return services.data.run(run_id)
    except UnknownRun:
        return None
