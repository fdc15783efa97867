"""Watching scikit-learn's searches: each fold as it ends, in whichever process it was fitted."""

from __future__ import annotations

from .asked import AskedOfFit, AskedOfSearch
from .forecast import Forecast
from .kinds import can_be_watched, check_makes_model, is_search, search_in
from .watching import SaysWhatToGiveUp, SearchReport, SearchWatch, StopsNothing, watched

__all__ = [
    "AskedOfFit",
    "AskedOfSearch",
    "Forecast",
    "SaysWhatToGiveUp",
    "SearchReport",
    "SearchWatch",
    "StopsNothing",
    "can_be_watched",
    "check_makes_model",
    "is_search",
    "search_in",
    "watched",
]
