"""The REST interface from Python: one request at a time, errors as this package's own.

Written on ``http.client``: no proxy of the environment gets in between, and no other library has to
be imported in the user's kernel. Each request has its own connection, so a client may be used by
any number of threads.
"""

from __future__ import annotations

import http.client
import secrets
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

import msgspec

from ..errors import Denied, ProgressError, ServerUnreachable, error_from_wire
from .discovery import ServerAddress, extension_missing

TIMEOUT_S = 30.0
CHUNK_BYTES = 1 << 18
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class RestClient:
    """Asks one server.

    Parameters
    ----------
    address
        The server.
    timeout_s
        How long each step of a request may take: connecting, sending a part, receiving a part.
    """

    def __init__(self, address: ServerAddress, *, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address
        self.timeout_s = timeout_s

    def __repr__(self) -> str:
        return f"RestClient({self.address.url!r})"

    def get(self, path: str, *, timeout_s: float | None = None, **query: Any) -> Any:
        """``GET``: the decoded answer. Parameters that are None are left out."""
        return self._ask("GET", _with_query(path, query), timeout_s=timeout_s)

    def post(
        self,
        path: str,
        body: Any = None,
        idempotency_key: str | None = None,
        *,
        timeout_s: float | None = None,
        bearer: str | None = None,
    ) -> Any:
        """``POST`` a JSON body; with a key, repeating it is safe.

        With a bearer, a run's own token, that is what opens the server.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        return self._ask("POST", path, body if body is not None else {}, headers, timeout_s)

    def patch(self, path: str, body: Any) -> Any:
        """``PATCH`` with a JSON body."""
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> None:
        """``DELETE``."""
        self._ask("DELETE", path)

    def upload_chunks(
        self, chunks: Iterable[bytes | memoryview], size_bytes: int | None, format: str
    ) -> dict[str, Any]:
        """Send what lies in memory piece by piece; the answer is that of :meth:`upload`.

        Parameters
        ----------
        size_bytes
            Of all chunks; None where that is not known.
        """
        headers = {"Content-Type": "application/octet-stream"}
        if size_bytes is not None:
            headers["Content-Length"] = str(size_bytes)
        path = _with_query("uploads", {"format": format})
        chunked = size_bytes is None
        with self._answer("POST", path, iter(chunks), headers, None, chunked) as answer:
            found: dict[str, Any] = self._decoded(answer)
        return found

    def upload(self, stream: BinaryIO, format: str) -> dict[str, Any]:
        """Send a file without holding it in memory.

        Parameters
        ----------
        stream
            Open for reading bytes; sent from where it stands to its end.
        format
            ``csv``, ``parquet``, ``npz`` or another that ``POST uploads`` takes.

        Returns
        -------
        dict
            ``{"id", "sha256", "size_bytes"}``.
        """
        return self.upload_chunks(_chunks(stream), bytes_left(stream), format)

    def download(self, path: str, file: BinaryIO | Path | str) -> int:
        """Fetch a file.

        Parameters
        ----------
        path
            For example ``models/digits/3/artifact``.
        file
            Where to write it: a path, or a file open for writing bytes.

        Returns
        -------
        int
            Bytes written.
        """
        if isinstance(file, Path | str):
            with Path(file).open("wb") as opened:
                return self.download(path, opened)
        size = 0
        with self._answer("GET", path, None, {}, None) as answer:
            while chunk := answer.read(CHUNK_BYTES):
                size += file.write(chunk)
        return size

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        sent = dict(headers or {})
        encoded = None
        if body is not None:
            encoded = msgspec.json.encode(body)
            sent["Content-Type"] = "application/json"
        with self._answer(method, path, encoded, sent, timeout_s) as answer:
            return self._decoded(answer)

    def _decoded(self, answer: http.client.HTTPResponse) -> Any:
        body = answer.read()
        if not body:
            return None
        try:
            return msgspec.json.decode(body)
        except msgspec.DecodeError:
            # A login page, or a proxy's word: whatever it is, it is not this extension.
            raise extension_missing(self.address) from None

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
        timeout_s: float | None,
        chunked: bool = False,
    ) -> Iterator[http.client.HTTPResponse]:
        """One request; anything that keeps its answer away becomes ServerUnreachable."""
        target = urlsplit(self.address.api_url).path + path
        connection = self._connection(timeout_s or self.timeout_s)
        try:
            try:
                connection.request(
                    method, target, body, {**self._credentials(), **headers}, encode_chunked=chunked
                )
            except (BrokenPipeError, ConnectionResetError):
                # Refused before all was sent (too large, say): the reason may be there to read.
                if body is None:
                    raise
            with connection.getresponse() as answer:
                _check_whole(answer)
                if answer.status >= 300:
                    raise self._refusal(answer)
                yield answer
        except (OSError, http.client.HTTPException) as error:
            raise ServerUnreachable(
                f"the Jupyter server at {self.address.url} does not answer: {_words(error)}"
            ) from error
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.address.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, parts.port, timeout=timeout_s, context=tls_context(self.address.url)
            )
        return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)

    def _credentials(self) -> dict[str, str]:
        return credentials(self.address)

    def _refusal(self, answer: http.client.HTTPResponse) -> ProgressError:
        where = self.address.url
        if answer.status in (301, 302, 303, 307, 308):
            return Denied(
                f"the Jupyter server at {where} asks for a login; its token is not known here"
            )
        try:
            wire = msgspec.json.decode(answer.read())
        except msgspec.DecodeError:
            wire = None
        if not isinstance(wire, dict):
            wire = {}
        if answer.status == 404 and not isinstance(wire.get("reason"), str):
            return extension_missing(self.address)
        if answer.status in (401, 403) and not wire.get("message"):
            wire["message"] = f"the Jupyter server at {where} does not let this kernel in"
        return error_from_wire(answer.status, wire)


def credentials(address: ServerAddress) -> dict[str, str]:
    """The headers that open the server.

    A server without a token still wants proof that no foreign page sends the request: the same
    value as a cookie and as a header, which only a program can set.
    """
    if address.token:
        return {"Authorization": f"token {address.token}"}
    proof = secrets.token_hex(16)
    return {"Cookie": f"_xsrf={proof}", "X-XSRFToken": proof}


def tls_context(url: str) -> ssl.SSLContext:
    """How to check a server's certificate: not on this machine, where it is self-signed."""
    context = ssl.create_default_context()
    if urlsplit(url).hostname in LOOPBACK:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _check_whole(answer: http.client.HTTPResponse) -> None:
    """Refuse what was cut among its headers: ``http.client`` takes that for an empty answer."""
    has_length = answer.length is not None or answer.chunked
    if not has_length and not answer.peek(1):
        raise http.client.IncompleteRead(b"")


def _with_query(path: str, query: dict[str, Any]) -> str:
    known = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(known, doseq=True)}" if known else path


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def bytes_left(stream: BinaryIO) -> int | None:
    """How much of a file is left from where it stands; None where that cannot be told."""
    try:
        here = stream.tell()
        end = stream.seek(0, 2)
        stream.seek(here)
    except (OSError, AttributeError):
        return None
    return end - here


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    return str(error) or type(error).__name__
