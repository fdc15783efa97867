"""Which address goes to which handler."""

from __future__ import annotations

from typing import Any

from ..stream import StreamHandler
from .activity import ActivityHandler
from .catalogue import DatasetsHandler, EstimatorsHandler
from .description import DescriptionHandler
from .elsewhere import ElsewhereHandler
from .external import RunEventsHandler
from .models import (
    ArtifactHandler,
    DeployHandler,
    ModelsHandler,
    OneModelHandler,
    PredictHandler,
)
from .page import NothingHereHandler, PageHandler, PageRedirectHandler, StaticHandler
from .run_parts import ControlHandler, MetricsHandler, OutputHandler, RegisterHandler
from .runs import FacetsHandler, OneRunHandler, RunsHandler
from .searches import CandidatesHandler, SkipHandler
from .status import EventsHandler, HealthHandler, HealthHistoryHandler, StatusHandler
from .uploads import UploadsHandler

API = "jupyter-progress/api/v1"
ONE = "([^/]+)"

API_ROUTES: list[tuple[str, Any]] = [
    ("status", StatusHandler),
    ("events", EventsHandler),
    ("stream", StreamHandler),
    ("health", HealthHandler),
    ("health/history", HealthHistoryHandler),
    ("activity", ActivityHandler),
    ("runs", RunsHandler),
    ("facets", FacetsHandler),
    (f"runs/{ONE}", OneRunHandler),
    (f"runs/{ONE}/(stop|cancel|resume)", ControlHandler),
    (f"runs/{ONE}/events", RunEventsHandler),
    (f"runs/{ONE}/skip", SkipHandler),
    (f"runs/{ONE}/candidates", CandidatesHandler),
    (f"runs/{ONE}/metrics", MetricsHandler),
    (f"runs/{ONE}/output", OutputHandler),
    (f"runs/{ONE}/register", RegisterHandler),
    ("uploads", UploadsHandler),
    ("models", ModelsHandler),
    (f"models/{ONE}", OneModelHandler),
    (f"models/{ONE}/([0-9]+)/artifact", ArtifactHandler),
    (f"models/{ONE}/deploy", DeployHandler),
    (f"models/{ONE}/predict", PredictHandler),
    (r"openapi\.json", DescriptionHandler),
    ("datasets", DatasetsHandler),
    ("estimators", EstimatorsHandler),
]


def routes() -> list[tuple[str, Any]]:
    """All routes, relative to the server's base address."""
    return [
        *((f"{API}/{path}", handler) for path, handler in API_ROUTES),
        ("jupyter-progress/api(?:/.*)?", ElsewhereHandler),
        ("jupyter-progress", PageRedirectHandler),
        ("jupyter-progress/", PageHandler),
        ("jupyter-progress/static/(.*)", StaticHandler),
        ("jupyter-progress/(.*)", NothingHereHandler),
    ]
