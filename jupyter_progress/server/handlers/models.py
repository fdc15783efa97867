"""Models: what is registered, its files, what is in service, predictions."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.auth.decorator import authorized
from tornado import web

from ...core.answers import ModelsAnswer
from ...core.names import check_model_name, is_model_name, shorten
from ...core.requests import DeployRequest, PredictRequest
from ...errors import InvalidRequest, UnknownModel, UnknownRun
from ..deployment import deploy_version, register_run
from .base import RESOURCE, ProgressHandler

CHUNK_BYTES = 1 << 20


class ModelsHandler(ProgressHandler):
    """``GET models``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self) -> None:
        self.query()
        self.answer(ModelsAnswer(models=await self.services.read(self.services.registry.summaries)))


class OneModelHandler(ProgressHandler):
    """``GET models/{name}``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, name: str) -> None:
        self.query()
        self.answer(await self.services.read(self.services.registry.get, known_name(name)))


class ArtifactHandler(ProgressHandler):
    """``GET models/{name}/{version}/artifact``."""

    @web.authenticated
    @authorized("read", RESOURCE)
    async def get(self, name: str, version: str) -> None:
        self.query()
        if len(version) > 9:
            raise UnknownModel(f"{shorten(name, 60)} version {shorten(version, 20)}")
        path: Path = await self.services.read(
            self.services.registry.artifact, known_name(name), int(version)
        )
        file = await self.services.read(path.open, "rb")
        try:
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Length", str((await self.services.read(path.stat)).st_size))
            self.set_attachment_header(f"{name}-{version}{path.suffix}")
            while chunk := await self.services.read(file.read, CHUNK_BYTES):
                self.write(chunk)
                await self.flush()
        finally:
            await self.services.read(file.close)
        self.finish(set_content_type="application/octet-stream")


class DeployHandler(ProgressHandler):
    """``POST models/{name}/deploy``."""

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self, name: str) -> None:
        request = await self.read_body(DeployRequest)
        self.services.check_open()
        check_model_name("name", name)
        if (request.version is None) == (request.run_id is None):
            raise InvalidRequest("", "expected either 'version' or 'run_id'")
        version = request.version
        if version is None:
            run_id = self.run_id(request.run_id or "")
            state = await self.services.read(self.services.indexer.live_state, run_id)
            if state is None:
                raise UnknownRun(run_id)
            version = await self.services.work(register_run, self.services, name, state, self.who)
        self.answer(
            await self.services.work(deploy_version, self.services, name, version, self.who)
        )


class PredictHandler(ProgressHandler):
    """``POST models/{name}/predict``."""

    @web.authenticated
    @authorized("execute", RESOURCE)
    async def post(self, name: str) -> None:
        request = await self.read_body(PredictRequest)
        self.services.check_open()
        self.answer(
            await self.services.work(self.services.serving.predict, known_name(name), request.rows)
        )


def known_name(name: str) -> str:
    """A model's name from the address; one that cannot be a name is the name of no model."""
    if not is_model_name(name):
        raise UnknownModel(shorten(name, 60))
    return name
