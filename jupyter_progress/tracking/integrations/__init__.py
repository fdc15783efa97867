"""Callbacks in the style of each library, for those who prefer them to ``jp.observe``.

Each module is loaded, and its library with it, when it is used first::

    model.set_callbacks(jp.integrations.sklearn.RunCallback())
    xgboost.train(params, rows, callbacks=[jp.integrations.xgboost.RunCallback()])
    lightgbm.train(params, rows, callbacks=[jp.integrations.lightgbm.run_callback()])

What a library tells goes to the run that the code is in, ``with jp.Run(…)``; outside of one, the
callback makes a run of its own for each fit.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["lightgbm", "sklearn", "xgboost"]


def __getattr__(name: str) -> ModuleType:
    """Load a module of this package (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
