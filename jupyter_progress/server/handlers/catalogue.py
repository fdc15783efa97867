"""``GET datasets`` and ``estimators``: what a run can name."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import RESOURCE, ProgressHandler


class DatasetsHandler(ProgressHandler):
    """The data sets that scikit-learn brings."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        self.answer({"datasets": await self.services.work(self.services.checker.datasets)})


class EstimatorsHandler(ProgressHandler):
    """The classifiers and regressors that can be named."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        self.answer({"estimators": await self.services.work(self.services.checker.estimators)})
