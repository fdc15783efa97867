"""Where a run's rows come from: scikit-learn's own data sets, files, and what was handed over."""

from __future__ import annotations

from .load import LoadedData, load

__all__ = ["LoadedData", "load"]
