"""Whoever asks the REST interface of a real server with a token."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError

SCALE = float(os.environ.get("JUPYTER_PROGRESS_TEST_TIMEOUT_SCALE", "1"))


class RestCaller:
    """Needs the address of a server, which ends in a slash, and a token."""

    url: str
    token: str

    def get(self, path: str) -> Any:
        """``GET`` below the REST interface of the extension."""
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the REST interface, with the token."""
        request = urllib.request.Request(
            f"{self.url}jupyter-progress/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30 * SCALE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def wait_for_run(self, run_id: str, *statuses: str, limit_s: float = 60.0) -> dict[str, Any]:
        """Ask until the run has one of the statuses; one of a script's own is first to be found."""
        deadline = time.monotonic() + limit_s * SCALE
        while True:
            state = self._run_if_known(run_id)
            if state is not None and state["status"] in statuses:
                return state
            assert time.monotonic() < deadline, state
            time.sleep(0.1)

    def _run_if_known(self, run_id: str) -> dict[str, Any] | None:
        try:
            state: dict[str, Any] = self.get(f"runs/{run_id}")
        except HTTPError as refusal:
            if refusal.code != 404:
                raise
            return None
        return state
