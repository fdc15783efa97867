"""What `notify_url` may be, and one attempt at it, against real sockets."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from traitlets import TraitError

from jupyter_progress.server import notice_post
from jupyter_progress.server.extension import JupyterProgress
from jupyter_progress.server.notice_address import NoticeAddress, read_address
from jupyter_progress.server.notice_post import NotTold, post

from ..jupyter_process import SCALE
from .listener import Listener


def test_credentials_of_the_address_go_into_a_header_and_never_into_a_log(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"http://night%40owl:s%3Acret@127.0.0.1:{listener.port}/hooks/T0P?key=hidden"
    address = read_address(url)
    post(address, b'{"cause": "ended"}', "a key")
    assert listener.headers[0]["Authorization"] == "Basic bmlnaHRAb3dsOnM6Y3JldA=="
    assert listener.asked == ["/hooks/T0P?key=hidden"]
    assert address.shown == f"http://127.0.0.1:{listener.port}"
    told = f"{address!r}{caplog.text}"
    listener.statuses = [500]
    with pytest.raises(NotTold) as refused:
        post(address, b"{}", "a key")
    told += f"{refused.value}{refused.value!r}"
    for secret in ("cret", "owl", "T0P", "hidden", "bmln"):
        assert secret not in told


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "host/path", "https://", "http://h:port/", "file:///etc/x"]
)
def test_address_that_is_none_of_http_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"notify_url .* expected http") as refused:
        read_address(url)
    assert not {"path", "port", "etc"} & set(str(refused.value).replace("/", " ").split())


@pytest.mark.parametrize("host", ["a..secret", f"{'secret' * 11}.org", "a secret", ".secret"])
def test_host_that_there_cannot_be_is_refused_at_start_up(host: str) -> None:
    with pytest.raises(TraitError, match=r"notify_url names a host .* expected http") as refused:
        JupyterProgress(notify_url=f"http://{host}/x")
    assert "secret" not in str(refused.value)


def test_host_in_another_script_or_by_number_is_taken() -> None:
    assert read_address("https://bücher.example./x").url == "https://xn--bcher-kva.example./x"
    assert read_address("http://[::1]:80/x").url == "http://[::1]:80/x"


@pytest.mark.parametrize("key", ["stalled-1-a\nb", "stalled-1-ночь"])
def test_key_that_no_header_can_hold_is_final(listener: Listener, key: str) -> None:
    with pytest.raises(NotTold, match="no request can be made") as refused:
        post(read_address(listener.url), b"{}", key)
    assert refused.value.is_final
    assert listener.asked == []


def test_host_that_cannot_be_looked_up_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(NotTold, match="UnicodeError") as refused:
        post(NoticeAddress("http://a..b/x", "http://a..b"), b"{}", "a key")
    assert refused.value.is_final


def test_redirect_to_no_address_is_refused_as_any_redirect(listener: Listener) -> None:
    listener.statuses = [308]
    listener.location = "http://[/"
    with pytest.raises(NotTold, match="redirects are not followed"):
        post(read_address(listener.url), b"{}", "a key")


def test_words_that_may_hold_the_address_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", "secret://127.0.0.1:1")
    with pytest.raises(NotTold) as refused:
        post(read_address("http://127.0.0.1:1/x"), b"{}", "a key")
    assert refused.value.why == "URLError"


@pytest.fixture
def trickling() -> Iterator[int]:
    """The port of a receiver that answers a byte at a time, and never to the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def answer() -> None:
            with listening.accept()[0] as asked:
                try:
                    asked.sendall(b"HTTP/1.1 200 OK\r\nX-Night: ")
                    while not ended.wait(0.02):
                        asked.sendall(b"z")
                except OSError:
                    pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        ended.set()
        thread.join(5 * SCALE)


def test_receiver_that_trickles_its_answer_is_left_at_the_deadline(
    trickling: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(notice_post, "TIMEOUT_S", 0.5)
    began = time.monotonic()
    with pytest.raises(NotTold, match=r"no whole answer within 0\.5 s") as refused:
        post(read_address(f"http://127.0.0.1:{trickling}/x"), b"{}", "a key")
    assert refused.value.is_unreachable
    assert time.monotonic() - began < 0.5 + SCALE
    deadline = time.monotonic() + 2 * SCALE
    while any(thread.name == "progress-notice" for thread in threading.enumerate()):
        assert time.monotonic() < deadline  # its thread ends, too
        time.sleep(0.02)
