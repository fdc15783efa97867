"""Training that is started in a notebook, runs in the Jupyter server's care, and is watched live.

::

    import jupyter_progress as jp

    run = jp.train(RandomForestClassifier(300), X, y, name="digits")
    run.wait().result["test"]["accuracy"]

Names are loaded when they are used first: importing this package imports nothing else.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import errors
    from .errors import RunCancelled
    from .notebook.handle import RunHandle
    from .notebook.listing import Server, get_run, last_run, load_model, runs, server
    from .notebook.observe import observe
    from .notebook.own_runs import Run, track
    from .notebook.panel import Panel
    from .notebook.submit import submit
    from .notebook.train import train
    from .tracking import integrations
    from .tracking.connection import connect
    from .tracking.current import current_run

__all__ = [
    "Panel",
    "Run",
    "RunCancelled",
    "RunHandle",
    "Server",
    "__version__",
    "connect",
    "current_run",
    "errors",
    "get_run",
    "integrations",
    "last_run",
    "load_model",
    "observe",
    "runs",
    "server",
    "submit",
    "track",
    "train",
]

_HOME = {
    "Panel": "notebook.panel",
    "Run": "notebook.own_runs",
    "RunCancelled": "errors",
    "RunHandle": "notebook.handle",
    "Server": "notebook.listing",
    "connect": "tracking.connection",
    "current_run": "tracking.current",
    "errors": "errors",
    "get_run": "notebook.listing",
    "integrations": "tracking.integrations",
    "last_run": "notebook.listing",
    "load_model": "notebook.listing",
    "observe": "notebook.observe",
    "runs": "notebook.listing",
    "server": "notebook.listing",
    "submit": "notebook.submit",
    "track": "notebook.own_runs",
    "train": "notebook.train",
}


def __getattr__(name: str) -> Any:
    """Load a public name (PEP 562)."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _check_platform()
    from importlib import import_module

    module = import_module(f"{__name__}.{home}")
    found = module if name in ("errors", "integrations") else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _check_platform() -> None:
    if not sys.platform.startswith(("linux", "darwin")):
        from .errors import UnsupportedPlatform

        raise UnsupportedPlatform(
            f"jupyter-progress runs on Linux and macOS; this is {sys.platform}"
        )


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What Jupyter's server asks for."""
    _check_platform()
    from .server.extension import JupyterProgress

    return [{"module": "jupyter_progress", "app": JupyterProgress}]


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext jupyter_progress` puts the package into the notebook as `jp`."""
    shell.push({"jp": sys.modules[__name__]})


class _Package(ModuleType):
    """This package, in which ``server`` is the function.

    The import system sets a folder of that name as an attribute too, once it is imported (in the
    server's own process); whoever imports from the folder does not need that attribute.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "server" and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """By its name, as any module: a function that is sent to another process refers to it."""
        from importlib import import_module

        return import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Package
