"""One POST to ``notify_url``: one deadline around all of it, and what becomes of it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from typing import Any

from .. import __version__
from .notice_address import NoticeAddress

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
    is_unreachable
        Whether there was no answer at all, so that another notice would have none either.
    """

    def __init__(self, why: str, *, is_final: bool = False, is_unreachable: bool = False) -> None:
        super().__init__(why, is_final, is_unreachable)
        self.why = why
        self.is_final = is_final
        self.is_unreachable = is_unreachable

    def __str__(self) -> str:
        return self.why


def post(address: NoticeAddress, body: bytes, key: str) -> None:
    """Send a notice; returns or raises within ``TIMEOUT_S``, whatever the receiver does.

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
    _Attempt(asked).make()


class _Attempt:
    """One request, in a thread of its own: a look-up of a name cannot be ended from outside."""

    def __init__(self, asked: urllib.request.Request) -> None:
        self._asked = asked
        self._opener = urllib.request.build_opener(_NoRedirects, _Plain(self), _Secure(self))
        self._connection: http.client.HTTPConnection | None = None
        self._failure: NotTold | None = None
        self._is_left = False

    def make(self) -> None:
        thread = threading.Thread(target=self._open, name="progress-notice", daemon=True)
        thread.start()
        # A timeout of a socket is for each of its reads; who answers byte by byte holds it longer.
        thread.join(TIMEOUT_S)
        if thread.is_alive():
            self._leave()
            why = f"TimeoutError: no whole answer within {TIMEOUT_S:g} s"
            raise NotTold(why, is_unreachable=True)
        if self._failure is not None:
            raise self._failure

    def watch(self, connection: Any) -> Any:
        """Have a connection, made by the opener, end when the attempt is left."""
        connect = connection.connect

        def connect_in_time() -> None:
            connect()
            if self._is_left:
                raise TimeoutError  # before anything is sent that is tried again by now

        connection.connect = connect_in_time
        self._connection = connection
        return connection

    def _open(self) -> None:
        try:
            self._opener.open(self._asked, timeout=TIMEOUT_S).close()
        except urllib.error.HTTPError as error:
            error.close()
            self._failure = _refused(error.code)
        except urllib.error.URLError as error:
            # Its reason can be words, and these may hold the address.
            cause = error.reason if isinstance(error.reason, Exception) else None
            self._failure = NotTold(_words(cause or error), is_unreachable=True)
        except http.client.InvalidURL as error:
            self._failure = _unwritable(error)
        except (OSError, http.client.HTTPException) as error:
            self._failure = NotTold(_words(error), is_unreachable=True)
        except Exception as error:  # of headers and hosts; the thread must not end without a word
            self._failure = _unwritable(error)

    def _leave(self) -> None:
        self._is_left = True
        used = self._connection.sock if self._connection is not None else None
        if used is not None:
            # Not that of TLS, which would wait for the other side's farewell.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(used, socket.SHUT_RDWR)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What is told goes to the address that was configured, and nowhere else."""

    def http_error_302(self, *_args: Any) -> None:
        return None  # not even looked at: where it leads to may be no address

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class _Watching(urllib.request.AbstractHTTPHandler):
    """Opens connections that can be left."""

    def __init__(self, attempt: _Attempt) -> None:
        super().__init__()
        self._attempt = attempt

    def do_open(self, http_class: Any, req: Any, **arguments: Any) -> Any:
        return super().do_open(_watched(self._attempt, http_class), req, **arguments)


class _Plain(_Watching, urllib.request.HTTPHandler):
    """By HTTP."""


class _Secure(_Watching, urllib.request.HTTPSHandler):
    """By HTTPS."""


def _watched(attempt: _Attempt, http_class: Any) -> Any:
    return lambda *args, **named: attempt.watch(http_class(*args, **named))


def _refused(status: int) -> NotTold:
    if 300 <= status < 400:
        why = f"it answered {status}, and redirects are not followed; name the address it leads to"
        return NotTold(why, is_final=True)
    is_final = 400 <= status < 500 and status not in _TRY_AGAIN
    return NotTold(f"it answered {status}", is_final=is_final)


def _unwritable(error: Exception) -> NotTold:
    return NotTold(f"no request can be made of it ({type(error).__name__})", is_final=True)


def _words(error: Exception) -> str:
    # The words of other errors may hold the address.
    if isinstance(error, OSError) and not isinstance(error, urllib.error.URLError):
        return f"{type(error).__name__}: {error.strerror or error}"
    return type(error).__name__
