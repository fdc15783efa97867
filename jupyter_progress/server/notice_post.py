"""One POST to ``notify_url``: what such an address may be, and what becomes of one attempt."""

from __future__ import annotations

import base64
import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from .. import __version__

TIMEOUT_S = 10.0
# Of the answers that refuse, those after which the same request can be taken.
_TRY_AGAIN = frozenset({408, 425, 429})


class NotTold(Exception):
    """An attempt failed.

    Parameters
    ----------
    why
        For a person; it holds nothing secret.
    is_final
        Whether trying again makes no sense.
    """

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why, is_final)
        self.why = why
        self.is_final = is_final

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True)
class NoticeAddress:
    """Where notices go.

    Parameters
    ----------
    url
        Without a name and a password.
    shown
        What may stand in a log: such an address is often a secret as a whole.
    """

    url: str = field(repr=False)
    shown: str
    authorization: str | None = field(default=None, repr=False)


def read_address(url: str) -> NoticeAddress:
    """Read the setting.

    Raises
    ------
    ValueError
        This is no http or https address. The words do not repeat it.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("notify_url is no address; expected https://host/…") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"notify_url begins with {parts.scheme or 'no scheme'!r}; "
            "expected http://host/… or https://host/…"
        )
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    place = f"[{host}]" if ":" in host else host
    if port is not None:
        place = f"{place}:{port}"
    path, query = (
        quote(parts.path or "/", safe="/%:@!$&'()*+,;=~"),
        quote(parts.query, safe="/%:@!$&'()*+,;=~?"),
    )
    return NoticeAddress(
        url=urlunsplit((parts.scheme, place, path, query, "")),
        shown=f"{parts.scheme}://{place}",
        authorization=_basic(parts.username, parts.password),
    )


def _basic(name: str | None, password: str | None) -> str | None:
    if name is None:
        return None
    pair = f"{unquote(name)}:{unquote(password or '')}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What is told goes to the address that was configured, and nowhere else."""

    def redirect_request(self, *_args: Any) -> None:
        return None


def post(address: NoticeAddress, body: bytes, key: str) -> None:
    """Send a notice; to be called in a thread.

    Parameters
    ----------
    key
        The same for every attempt at one notice, so that a receiver can tell a repetition.

    Raises
    ------
    NotTold
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"jupyter-progress/{__version__}",
        "Idempotency-Key": key,
    }
    if address.authorization:
        headers["Authorization"] = address.authorization
    asked = urllib.request.Request(address.url, data=body, headers=headers, method="POST")  # noqa: S310
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        opener.open(asked, timeout=TIMEOUT_S).close()
    except urllib.error.HTTPError as error:
        error.close()
        raise _refused(error.code) from None
    except urllib.error.URLError as error:
        raise NotTold(_words(error.reason)) from None
    except (OSError, http.client.HTTPException) as error:
        raise NotTold(_words(error)) from None


def _refused(status: int) -> NotTold:
    if 300 <= status < 400:
        why = f"it answered {status}, and redirects are not followed; name the address it leads to"
        return NotTold(why, is_final=True)
    is_final = 400 <= status < 500 and status not in _TRY_AGAIN
    return NotTold(f"it answered {status}", is_final=is_final)


def _words(error: object) -> str:
    # The words of other errors may hold the address.
    if isinstance(error, OSError):
        return f"{type(error).__name__}: {error.strerror or error}"
    return type(error).__name__
