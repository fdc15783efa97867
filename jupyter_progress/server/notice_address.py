"""What ``notify_url`` may be, and what of it may stand in a log."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_LONGEST_HOST = 253


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
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
        authorization = _basic(parts.username, parts.password)
    except ValueError:
        raise ValueError("notify_url is no address; expected https://host/…") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"notify_url begins with {parts.scheme or 'no scheme'!r}; "
            "expected http://host/… or https://host/…"
        )
    place = _host(parts.hostname)
    if port is not None:
        place = f"{place}:{port}"
    return NoticeAddress(
        url=urlunsplit((parts.scheme, place, path, query, "")),
        shown=f"{parts.scheme}://{place}",
        authorization=authorization,
    )


def _host(name: str) -> str:
    """A host as it is asked for; here and not at the first notice, which would be lost."""
    if ":" in name:
        return f"[{name}]"
    try:
        # Also of a name in ASCII: it is what a look-up does with it.
        host = name.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not host or len(host) > _LONGEST_HOST or not host.isprintable() or " " in host:
        raise ValueError(
            "notify_url names a host that there cannot be: a part between two dots is empty, "
            "longer than 63 characters or holds what no name may hold; expected https://host/…"
        )
    return host


def _basic(name: str | None, password: str | None) -> str | None:
    if name is None:
        return None
    pair = f"{unquote(name)}:{unquote(password or '')}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"
