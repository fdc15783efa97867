"""The token of a run that trains elsewhere: it opens that run's events and nothing else.

Only a digest is kept, in the run's directory, for its owner only. The token has 256 random bits, so
that a plain digest is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path
from typing import Any

from ..core.names import is_run_id
from ..store.layout import DataDirectory, RunDirectory, read_json_object

TOKENS_KEPT = 8  # an announcement whose answer was lost is repeated, and answered with a new token
_BEARER = re.compile(r"bearer\s+([A-Za-z0-9_-]{43})", re.IGNORECASE | re.ASCII)


def new_token(run: RunDirectory) -> str:
    """Make a further token for a run; it is told once, and never written down."""
    token = secrets.token_urlsafe(32)
    known = _digests(run)
    run.write_json(_file(run), {"sha256": [*known, _digest(token)][-TOKENS_KEPT:]})
    return token


def admits(data: DataDirectory, run_id: str, token: str) -> bool:
    """Whether this is a token of this run, compared in constant time. Reads the disk."""
    if not is_run_id(run_id):
        return False
    presented = _digest(token)
    run = RunDirectory(data.runs / run_id)
    return any(hmac.compare_digest(presented, known) for known in _digests(run))


def presented_bearer(handler: Any) -> str | None:
    """What a request's ``Authorization: Bearer`` may hold of a run's token; never the query."""
    match = _BEARER.fullmatch(handler.request.headers.get("Authorization", "").strip())
    return match[1] if match else None


def _file(run: RunDirectory) -> Path:
    return run.path / "run-token.json"


def _digests(run: RunDirectory) -> list[str]:
    known = (read_json_object(_file(run)) or {}).get("sha256")
    return [each for each in known if isinstance(each, str)] if isinstance(known, list) else []


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
