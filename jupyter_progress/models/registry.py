"""Registered models: names with versions 1, 2, 3, …, and which version of each is in service.

::

    <models_dir>/<name>/<version>/{manifest.json, model.skops|model.pkl, registered.json}
    <models_dir>/<name>/deployed.json

A version is a directory that appears whole or not at all (written aside, then renamed), so no lock
is needed: of two processes that register at once, the slower finds the number taken and takes the
next. Files are linked to the run's own where the file system can, so a version costs no space of
its own, and outlives its run.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..core.names import check_model_name, is_model_name
from ..core.wire import ModelSummary
from ..errors import ArtifactRefused, Conflict, UnknownModel
from .manifest import MANIFEST, model_file, read_manifest, write_json

_FACTS = "registered.json"
_DEPLOYED = "deployed.json"
INPUTS_DESCRIBED = 200
CATEGORIES_DESCRIBED = 500


class Registry:
    """The models below one directory. Cheap to make; keeps nothing in memory.

    Parameters
    ----------
    models_dir
        ``<data_dir>/models``; need not exist yet.
    key
        The data directory's key, which signed the manifests.
    """

    def __init__(self, models_dir: Path, key: bytes) -> None:
        self.models_dir = Path(models_dir)
        self.key = key

    def names(self) -> list[str]:
        """The names that have a version, sorted."""
        if not self.models_dir.is_dir():
            return []
        found = sorted(entry.name for entry in self.models_dir.iterdir())
        return [name for name in found if is_model_name(name) and self._versions(name)]

    def get(self, name: str) -> dict[str, Any]:
        """One model, as ``GET models/{name}`` answers it.

        Returns
        -------
        dict
            ``{name, deployed, deployed_time, deployed_by, columns, inputs, input_count, versions:
            [{version, run_id, time, result}]}``, the oldest first; ``columns`` are those that the
            version in service takes, by name, and ``inputs`` describes the first of them.

        Raises
        ------
        UnknownModel
        """
        versions = [
            {"version": version, **_read(self._path(name, version) / _FACTS)}
            for version in self._known_versions(name)
        ]
        deployed = self.deployed(name)
        columns = None if deployed is None else self._columns(name, deployed)
        told = {} if deployed is None else _read(self.models_dir / name / _DEPLOYED)
        return {
            "name": name,
            "deployed": deployed,
            "deployed_time": told.get("time"),
            "deployed_by": told.get("who") or "",
            "columns": _names(columns),
            "inputs": None if columns is None else [_input(c) for c in columns[:INPUTS_DESCRIBED]],
            "input_count": None if columns is None else len(columns),
            "versions": versions,
        }

    def summaries(self) -> list[ModelSummary]:
        """Every model with the version in service and the newest one."""
        return [
            ModelSummary(name=name, deployed=self.deployed(name), latest=versions[-1])
            for name in self.names()
            if (versions := self._versions(name))
        ]

    def register(
        self,
        name: str,
        run_directory: Path,
        *,
        run_id: str,
        result: dict[str, Any] | None,
        time: str,
    ) -> int:
        """Make a run's model the next version of a name.

        Parameters
        ----------
        name
            Of 1-100 letters, digits, ``_``, ``-`` or ``.``.
        run_directory
            The run's directory, whose ``model`` folder holds the model.
        run_id, result, time
            Kept beside the model. ``time`` in ISO 8601.

        Returns
        -------
        int
            The version. A run that is registered under this name already keeps its version.

        Raises
        ------
        InvalidRequest
            The name cannot name a model.
        ArtifactRefused
            The run has no model, or its manifest is not signed with this key.
        """
        check_model_name("name", name)
        source = Path(run_directory) / "model"
        manifest = read_manifest(source, self.key)
        for version in self._versions(name):
            if _read(self._path(name, version) / _FACTS).get("run_id") == run_id:
                return version
        aside = self.models_dir / name / f".incoming-{os.getpid()}-{os.urandom(6).hex()}"
        aside.mkdir(parents=True)
        try:
            for path in (source / MANIFEST, model_file(source, manifest)):
                _link(path, aside / path.name)
            write_json(aside / _FACTS, {"run_id": run_id, "time": time, "result": result})
            return self._place(name, aside)
        finally:
            if aside.exists():
                shutil.rmtree(aside)

    def deploy(self, name: str, version: int, time: str, who: str = "") -> int | None:
        """Put a version in service.

        Parameters
        ----------
        time, who
            Kept beside it: since when it is in service, and by whom.

        Returns
        -------
        int or None
            The version that was in service before.

        Raises
        ------
        UnknownModel
            There is no such version.
        """
        self.directory(name, version)
        previous = self.deployed(name)
        told = {"version": version, "time": time, "who": who}
        write_json(self.models_dir / name / _DEPLOYED, told)
        return previous

    def deployed(self, name: str) -> int | None:
        """The version in service, or None."""
        if not is_model_name(name):
            return None
        try:
            version = _read(self.models_dir / name / _DEPLOYED).get("version")
        except ArtifactRefused:
            # Missing: nothing was deployed. Damaged: nothing is in service until somebody deploys
            # again; that must not keep the server, which lists all models, from starting.
            return None
        return version if version in self._versions(name) else None

    def runs_in_service(self) -> set[str]:
        """The ids of the runs whose models are in service."""
        found = set()
        for name in self.names():
            version = self.deployed(name)
            if version is not None:
                found.add(str(_read(self._path(name, version) / _FACTS).get("run_id")))
        return found

    def in_service(self, name: str, version: int | None = None) -> int:
        """The version that answers: the one asked for, else the one that is deployed.

        Raises
        ------
        UnknownModel
        Conflict
            None was asked for, and none is deployed.
        """
        if version is not None:
            self.directory(name, version)
            return version
        versions = self._known_versions(name)
        deployed = self.deployed(name)
        if deployed is None:
            raise Conflict(
                f"no version of the model {name!r} is in service; deploy one of "
                f"{', '.join(map(str, versions))} first"
            )
        return deployed

    def directory(self, name: str, version: int) -> Path:
        """Where a version is.

        Raises
        ------
        UnknownModel
        """
        if version not in self._known_versions(name):
            raise UnknownModel(f"{name}/{version}")
        return self._path(name, version)

    def artifact(self, name: str, version: int) -> Path:
        """The file of a version's model.

        Raises
        ------
        UnknownModel
        ArtifactRefused
            Its manifest is not signed with this key, or the file is gone.
        """
        directory = self.directory(name, version)
        path = model_file(directory, read_manifest(directory, self.key))
        if not path.is_file():
            raise ArtifactRefused(f"the file of version {version} of the model {name!r} is gone")
        return path

    def _columns(self, name: str, version: int) -> list[dict[str, Any]] | None:
        """A version's columns as its manifest describes them; None where it does not."""
        try:
            return read_manifest(self._path(name, version), self.key).get("columns") or None
        except ArtifactRefused:
            return None

    def _path(self, name: str, version: int) -> Path:
        return self.models_dir / name / str(version)

    def _versions(self, name: str) -> list[int]:
        folder = self.models_dir / name
        if not folder.is_dir():
            return []
        return sorted(int(e.name) for e in folder.iterdir() if _is_version(e.name))

    def _known_versions(self, name: str) -> list[int]:
        versions = self._versions(name) if is_model_name(name) else []
        if not versions:
            raise UnknownModel(name)
        return versions

    def _place(self, name: str, aside: Path) -> int:
        version = max(self._versions(name), default=0) + 1
        while True:
            try:
                # Fails where the number is taken: a version's directory is never empty.
                aside.rename(self._path(name, version))
            except OSError:
                if not self._path(name, version).exists():
                    raise
                version += 1
            else:
                return version


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdigit() and not text.startswith("0") and len(text) < 10


def _names(columns: list[dict[str, Any]] | None) -> list[str] | None:
    """The columns' names; None where they have none."""
    names = [column["name"] for column in columns or []]
    return names if names and None not in names else None


def _input(column: dict[str, Any]) -> dict[str, Any]:
    """A column as a form needs it; of very many categories the first."""
    told = {"name": column["name"], "kind": column["kind"]}
    if "categories" in column:
        told["categories"] = column["categories"][:CATEGORIES_DESCRIBED]
    return told


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ArtifactRefused(f"{path} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise ArtifactRefused(f"{path} holds no JSON object")
    return found


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another device, or a file system without links.
        shutil.copy2(source, target)
