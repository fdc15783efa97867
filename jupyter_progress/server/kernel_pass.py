"""How this server's own kernels find it and are let in: an address and the path of a token file.

A kernel inherits the server's environment, but no address and no token. At start the extension
sets ``JUPYTER_PROGRESS_URL`` and ``JUPYTER_PROGRESS_TOKEN_FILE``, the path of a file that only this
user can read; and ``JUPYTER_PROGRESS_DATA_DIR``, so that a kernel opens models where they are kept.
The token in it is none of Jupyter's: it opens this extension's routes and nothing else, and works
where the server has only a password. Every start of the server makes a new one.
"""

from __future__ import annotations

import functools
import hmac
import os
import re
import secrets
from pathlib import Path
from typing import Any

from jupyter_server.auth import AllowAllAuthorizer, User

from ..tracking.record import user_name

URL_VARIABLE = "JUPYTER_PROGRESS_URL"
FILE_VARIABLE = "JUPYTER_PROGRESS_TOKEN_FILE"
DATA_DIR_VARIABLE = "JUPYTER_PROGRESS_DATA_DIR"
_EVERYTHING = AllowAllAuthorizer()
_HEADER = re.compile(r"(?:token|bearer)\s+(\S+)", re.IGNORECASE)


class KernelPass:
    """The token of one server process, published through its environment.

    Parameters
    ----------
    folder
        Where the token file is kept; only the user may be able to enter it.
    """

    def __init__(self, folder: Path) -> None:
        self._token = secrets.token_urlsafe(32)
        self._path = folder / f"token-{os.getpid()}-{secrets.token_hex(4)}"
        self._before: dict[str, str | None] = {}

    def publish(self, url: str, data_dir: Path) -> None:
        """Write the token file and set the variables that kernels started later inherit."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(self._token)
        published = {
            URL_VARIABLE: url,
            FILE_VARIABLE: str(self._path),
            DATA_DIR_VARIABLE: str(data_dir),
        }
        for name, value in published.items():
            self._before[name] = os.environ.get(name)
            os.environ[name] = value

    def withdraw(self) -> None:
        """Take the file away, and the variables back to what they were."""
        self._path.unlink(missing_ok=True)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before.clear()

    def admits(self, presented: str | None) -> bool:
        """Whether this is the token, compared in constant time."""
        if not presented:
            return False
        return hmac.compare_digest(presented.encode(), self._token.encode())


def presented_token(handler: Any) -> str | None:
    """The token that a request carries, in its header or its query."""
    match = _HEADER.fullmatch(handler.request.headers.get("Authorization", "").strip())
    if match:
        return match[1]
    values = handler.request.query_arguments.get("token")
    return values[-1].decode("utf-8", "replace") if values else None


class KernelUser(User):
    """One of this server's kernels, acting for whomever the server runs as."""


class _KernelIdentity:
    """The server's own identity provider, which knows this server's kernels besides."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def get_user(self, handler: Any) -> Any:
        # As a token does: a script is not subject to the checks against foreign pages.
        handler._token_authenticated = True
        return KernelUser(username="kernel")


class KernelPassMixin:
    """Handlers that this server's kernels may use, beside those whom Jupyter lets in.

    Whoever can read the token file is the user whom the server runs as, so that the authorizer,
    which decides about other people, is not asked about them.
    """

    @property
    def is_kernel(self) -> bool:
        """Whether the request comes from one of this server's kernels."""
        handler: Any = self
        services = handler.settings.get("jupyter_progress_services")
        return services is not None and services.kernel_pass.admits(presented_token(handler))

    @property
    def identity_provider(self) -> Any:
        provider = super().identity_provider  # type: ignore[misc]
        return _KernelIdentity(provider) if self.is_kernel else provider

    @property
    def authorizer(self) -> Any:
        authorizer = super().authorizer  # type: ignore[misc]
        return _EVERYTHING if self.is_kernel else authorizer


def person(user: Any) -> str:
    """A user's name for the feed.

    A kernel, and whoever bears the server's shared token, is whom the server runs as. Jupyter makes
    up a name such as "Anonymous Callisto" for the latter, a new one on every request.
    """
    if isinstance(user, KernelUser):
        return owner()
    if isinstance(user, str):
        return user
    name = getattr(user, "display_name", None) or getattr(user, "name", None) or ""
    return owner() if name.startswith("Anonymous ") else name


@functools.cache
def owner() -> str:
    """The person whom the server runs as; empty where the system knows no name."""
    return os.environ.get("JUPYTERHUB_USER") or user_name()
