"""``jp.connect``: runs of this process, watched on a server that shares no disk with it."""

from __future__ import annotations

import hashlib
import logging
import os
import shlex
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from ..client.discovery import ServerAddress, check_server, normal_url
from ..client.rest import RestClient
from ..errors import Conflict, InvalidRequest, ServerUnreachable
from ..store.layout import DataDirectory, RunDirectory, default_data_dir, read_json_object
from ..store.locks import is_locked
from . import arguments
from .remote_run import RemoteRun
from .sender import REMOTE_FILE, Sender

CHECK_TIMEOUT_S = 10.0

log = logging.getLogger(__name__)


class Connection:
    """A server elsewhere, for runs of this process. Made by :func:`connect`.

    Attributes
    ----------
    url
        The server's base URL.
    spool_dir
        Where runs are kept on this machine until the server has them.
    """

    def __init__(self, url: str, token_file: Path | None, spool_dir: Path) -> None:
        self.url = url
        self.spool_dir = spool_dir
        self._token_file = token_file
        self._senders: list[Sender] = []

    def __repr__(self) -> str:
        return f"Connection({self.url!r})"

    @property
    def page_url(self) -> str:
        """Where a browser shows the server's runs."""
        return f"{self.url}jupyter-progress/"

    @property
    def rest(self) -> RestClient:
        """For calls of one's own, with the token as its file has it now."""
        token = "" if self._token_file is None else read_token(self._token_file)
        return RestClient(ServerAddress(self.url, token))

    def run(
        self,
        name: str = "run",
        *,
        stages: Iterable[str] = (),
        tags: Iterable[str] = (),
        display: bool = True,
        flush_s: float = 10.0,
    ) -> RemoteRun:
        """A run of this process, as :class:`jupyter_progress.Run`, watched on the server.

        Parameters
        ----------
        name, stages, tags
            As for ``jp.Run``.
        display
            Whether it is a line in a terminal.
        flush_s
            How long its end may wait for the server. What is not sent by then goes on being sent
            while this process lives, and by the next :func:`connect` after that.

        Returns
        -------
        RemoteRun
        """
        wait_s = arguments.seconds("flush_s", flush_s)
        return RemoteRun(self, name, stages=stages, tags=tags, display=display, flush_s=wait_s)

    def submit(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: that server starts no process on this machine.

        Raises
        ------
        Conflict
            The message says what to do in its place.
        """
        raise Conflict(
            f"{self.url} has neither this machine's interpreter nor its files, so that it cannot "
            "run a function of yours. Call it here, watched there: `with connection.run(name): "
            "train()`; or submit it with jp.submit in a notebook of that server"
        )

    @property
    def spooled(self) -> int:
        """How many events of this connection's runs the server does not have yet."""
        return sum(sender.waiting for sender in self._senders)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until the server has all of the runs that have ended.

        Returns
        -------
        bool
            False where it has not by then, or takes no more of one.
        """
        wait_s = arguments.seconds("timeout_s", timeout_s)
        deadline = None if wait_s is None else time.monotonic() + wait_s
        ended = [sender for sender in self._senders if sender.is_finishing]
        sent = [sender.wait_sent(_left(deadline)) for sender in ended]
        return all(sent)

    def sender(self, directory: RunDirectory, facts: dict[str, Any], **wiring: Any) -> Sender:
        """Send a run of the spool, in a thread of its own; facts are those in its file."""
        sender = Sender(
            directory,
            facts["announcement"],
            facts["key"],
            lambda: self.rest,
            RestClient(ServerAddress(self.url)),
            **wiring,
        )
        if sender.start():
            self._senders = [known for known in self._senders if not known.is_sent] + [sender]
        return sender

    def send_left_behind(self) -> None:
        """Go on with what earlier processes could not send."""
        data = DataDirectory(self.spool_dir)
        for run_id in data.run_ids():
            directory = RunDirectory(data.runs / run_id)
            facts = read_json_object(directory.path / REMOTE_FILE)
            if facts is None or facts.get("url") != self.url or facts.get("refused"):
                continue
            # Where another process has just sent it, the directory goes away meanwhile.
            with suppress(FileNotFoundError):
                if not is_locked(directory.lock_file):
                    left = self.sender(directory, facts, on_asked=_nobody, on_sent=directory.delete)
                    left.finish()


def connect(
    url: str,
    token_file: str | os.PathLike[str] | None = None,
    *,
    spool_dir: str | os.PathLike[str] | None = None,
) -> Connection:
    """Connect to a Jupyter server that shares no disk with this process.

    ::

        cluster = jp.connect("https://hub.example/user/ada/", token_file="~/.jupyter-token")
        with cluster.run("on the cluster", stages=["load", "train"]) as run:
            with run.stage("train"):
                for batch in jp.track(batches):
                    run.log(loss=step(batch))

    The training never waits for the server: while that is away the run is kept on this machine, and
    sent when it is back.

    Parameters
    ----------
    url
        The server's base URL, as in a browser, without a token.
    token_file
        A file that holds a token of the server, and that only its owner can read. None for a server
        that asks for none.
    spool_dir
        Where runs are kept until the server has them; by default below the data directory.

    Returns
    -------
    Connection

    Raises
    ------
    InvalidRequest
        The address or the file cannot be right; a file that others can read is refused.
    Denied, ExtensionMissing, VersionMismatch
        The server is there, and does not let this process in or has not this extension. One that
        does not answer is no error: what is told is spooled.
    """
    base = _checked_url(url)
    file = None if token_file is None else arguments.path("token_file", token_file).expanduser()
    if spool_dir is None:
        digest = hashlib.sha256(base.encode()).hexdigest()[:16]
        spool = default_data_dir() / "spool" / digest
    else:
        spool = arguments.path("spool_dir", spool_dir).expanduser().absolute()
    connection = Connection(base, file, spool)
    client = connection.rest
    client.timeout_s = CHECK_TIMEOUT_S
    try:
        check_server(client)
    except ServerUnreachable as error:
        log.warning("%s; runs are spooled in %s until it does", error, spool)
    connection.send_left_behind()
    return connection


def read_token(path: Path) -> str:
    """The token in a file that only its owner can read.

    Raises
    ------
    InvalidRequest
        It is no such file; the message says what to do.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InvalidRequest("token_file", f"{path} is no file")
        if found.st_mode & 0o077:
            raise InvalidRequest(
                "token_file",
                f"{path} can be read by others (mode {stat.S_IMODE(found.st_mode):04o}); "
                f"run: chmod 600 {shlex.quote(str(path))}",
            )
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest("token_file", f"{path} cannot be read: {error}") from None
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidRequest("token_file", f"{path} holds no token; expected one word")
    return token


def _checked_url(url: Any) -> str:
    parts = urlsplit(arguments.text("url", url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidRequest("url", "expected an address such as 'https://hub.example/user/ada/'")
    if "token=" in parts.query or parts.username or parts.password:
        raise InvalidRequest(
            "url", "holds a token or a password; put the token into a file, and name token_file"
        )
    return normal_url(url)


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _nobody(_action: str, _who: str) -> None:
    """Nobody trains this run any more."""
