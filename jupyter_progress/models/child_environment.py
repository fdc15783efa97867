"""How a child of this package is started: its command line, its environment without secrets.

What a user's code runs in must not hold the keys to the server that started it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# Tokens of the Jupyter server, of a JupyterHub and of their proxies, and what tells where they are.
_SECRET_PREFIXES = ("JUPYTERHUB_", "JPY_", "CONFIGPROXY_", "JUPYTER_PROGRESS_TOKEN")
_SECRET_NAMES = frozenset({"JUPYTER_TOKEN", "JUPYTER_SERVER_PASSWORD", "JUPYTER_PROGRESS_URL"})

_RUN_MODULE = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def child_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process' environment without the server's secrets.

    Parameters
    ----------
    environment
        Where to start from; by default ``os.environ``.
    """
    source = os.environ if environment is None else environment
    return {name: value for name, value in source.items() if not _is_secret(name)}


def _is_secret(name: str) -> bool:
    return name in _SECRET_NAMES or name.startswith(_SECRET_PREFIXES)


def child_argv(python: str, module: str) -> list[str]:
    """The command that runs a module of this package.

    Parameters
    ----------
    python
        The interpreter. Another than this one must have jupyter-progress installed itself.
    module
        Dotted name.
    """
    # -P: a file such as json.py in the working directory must not stand in for the library's. As
    # an option and not as PYTHONSAFEPATH, which a server would hand on to its kernels.
    if python != sys.executable:
        return [python, "-P", "-m", module]
    # The same interpreter may know this package only by its path (a checkout, PYTHONPATH).
    root = Path(__file__).resolve().parents[2]
    return [python, "-P", "-c", _RUN_MODULE, str(root), module]
