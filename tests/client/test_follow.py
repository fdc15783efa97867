"""Following through everything that can happen to a connection: each event once, in order."""

from __future__ import annotations

import logging
import time

import pytest

from jupyter_progress.client.discovery import ServerAddress
from jupyter_progress.client.timing import Timing
from jupyter_progress.core.wire import Message
from jupyter_progress.errors import Denied, ServerUnreachable

from .conftest import wait_until
from .wire_server import RUN, TOKEN, WireServer


def test_a_follower_begins_with_a_snapshot_and_goes_on_live(server, follow, audience, scaled):
    server.note("before")
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    server.emit("training_started", {"name": "digits", "stages": []})
    server.note("after")
    wait_until(lambda: audience.texts == ["before", "after"], scaled(3))
    assert audience.messages[0].type == "snapshot"
    assert follower.view.runs[RUN].status == "running"
    assert follower.last_heard is not None
    assert [path for path in server.asked if "/events" in path] == []


def test_a_refused_socket_is_replaced_by_polling_and_comes_back(
    server, proxy, follow, audience, scaled
):
    follower = follow(proxy.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    proxy.refuses_sockets = True
    proxy.cut()
    server.note("1")
    wait_until(lambda: follower.connection == "polling" and audience.texts == ["1"], scaled(3))
    server.note("2")
    wait_until(lambda: audience.texts == ["1", "2"], scaled(3))
    proxy.refuses_sockets = False
    wait_until(lambda: follower.connection == "live", scaled(3))
    server.note("3")
    wait_until(lambda: audience.texts == ["1", "2", "3"], scaled(3))
    assert audience.connections == ["live", "polling", "live"]


@pytest.mark.parametrize("fault", ["refused", "silent"])
def test_fallback_and_return_take_at_most_three_seconds_each(
    fault, server, proxy, follow, audience, scaled
):
    server.heartbeat_s = 1.0
    follower = follow(proxy.address, Timing())
    wait_until(lambda: follower.connection == "live", scaled(3))
    proxy.refuses_sockets = True
    if fault == "refused":
        proxy.cut()
    else:
        proxy.is_silent = True
    server.note("missed")
    wait_until(lambda: follower.connection == "polling", scaled(3))
    assert audience.texts == ["missed"]
    proxy.refuses_sockets = proxy.is_silent = False
    wait_until(lambda: follower.connection == "live", scaled(3))
    assert audience.texts == ["missed"]


def test_a_connection_cut_in_mid_frame_loses_and_repeats_nothing(
    server, proxy, follow, audience, scaled
):
    follower = follow(proxy.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    for turn in range(8):
        proxy.cut_in_mid_frame()
        for part in range(5):
            server.note(f"{turn}.{part}")
        wait_until(lambda turn=turn: f"{turn}.4" in audience.texts, scaled(3))
    assert audience.texts == [f"{turn}.{part}" for turn in range(8) for part in range(5)]


def test_silence_ends_a_socket_that_never_closes(server, proxy, follow, scaled):
    follower = follow(proxy.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    proxy.is_silent = proxy.refuses_sockets = True
    # 2.5 heartbeats of 0.1 s, and a poll.
    wait_until(lambda: follower.connection == "polling", scaled(1.5))


def test_a_handshake_without_hello_is_dropped_and_polling_takes_over(server, follow, scaled):
    server.is_mute = True
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "polling", scaled(3))
    server.is_mute = False
    wait_until(lambda: follower.connection == "live", scaled(3))


def test_a_gap_is_closed_by_coming_back_with_the_position(server, follow, audience, scaled):
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    log_id = follower.view.log_id
    server.skip = {2}
    for text in ("1", "2", "3"):
        server.note(text)
    wait_until(lambda: f"log_id={log_id}&since=1" in "".join(server.asked), scaled(3))
    server.skip = set()
    wait_until(lambda: audience.texts == ["1", "2", "3"], scaled(3))


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 4400, 4401, 4402])
def test_close_codes_that_say_come_back_are_followed(code, server, follow, audience, scaled):
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    opened = _handshakes(server)
    server.close_sockets(code)
    server.note("meanwhile")
    wait_until(lambda: _handshakes(server) > opened, scaled(3))
    wait_until(lambda: follower.connection == "live", scaled(3))
    wait_until(lambda: audience.texts == ["meanwhile"], scaled(3))


@pytest.mark.parametrize("code", [1009, 4501, 4502])
def test_final_close_codes_leave_polling(code, server, follow, audience, scaled):
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    opened = _handshakes(server)
    server.close_sockets(code)
    server.note("still heard")
    wait_until(lambda: audience.texts == ["still heard"], scaled(3))
    assert follower.connection == "polling"
    assert _handshakes(server) == opened


def test_a_withdrawn_permission_ends_following(server, follow, scaled):
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    server.close_sockets(4500)
    wait_until(lambda: not follower.is_running, scaled(3))
    assert isinstance(follower.error, Denied)
    assert follower.connection == "offline"


def test_a_wrong_token_is_denied_at_once_and_not_tried_again(server, follow, scaled):
    follower = follow(ServerAddress(server.address.url, "wrong"))
    wait_until(lambda: not follower.is_running, scaled(3))
    assert isinstance(follower.error, Denied)
    assert follower.connection == "offline"
    assert len(server.asked) <= 3


def test_a_proxy_that_refuses_only_sockets_is_no_denial(server, follow, audience, scaled):
    server.socket_status = 403
    follower = follow(server.address)
    server.note("by polling")
    wait_until(lambda: audience.texts == ["by polling"], scaled(3))
    assert follower.connection == "polling"
    server.socket_status = None
    wait_until(lambda: follower.connection == "live", scaled(3))


def test_a_server_that_is_gone_is_offline_and_one_with_a_new_log_starts_afresh(
    server, follow, audience, scaled
):
    follower = follow(server.address)
    server.note("old")
    wait_until(lambda: audience.texts == ["old"], scaled(3))
    server.stop()
    wait_until(lambda: follower.connection == "offline", scaled(3))
    assert isinstance(follower.error, ServerUnreachable)
    again = WireServer(log_id="log-b", port=server.port)
    try:
        again.note("new")
        wait_until(lambda: follower.connection == "live", scaled(3))
        wait_until(lambda: audience.texts[-1] == "new", scaled(3))
        assert follower.view.log_id == "log-b"
        assert [line.text for line in follower.view.activity] == ["new"]
        assert follower.error is None
    finally:
        again.stop()


def test_polling_pages_through_more_than_one_answer(server, follow, audience, scaled):
    server.socket_status = 502
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "polling", scaled(3))
    count = 1201
    for number in range(count):
        server.note(str(number))
    wait_until(lambda: len(audience.texts) >= count, scaled(5))
    assert audience.texts == [str(number) for number in range(count)]


def test_polling_alone_brings_volatile_messages_and_opens_no_socket(server, follow, scaled):
    follower = follow(server.address, polls_only=True)
    server.measure(status="yellow")
    wait_until(lambda: (follower.view.health or {}).get("status") == "yellow", scaled(3))
    assert follower.connection == "polling"
    assert _handshakes(server) == 0


def test_an_unknown_kind_of_event_is_left_out_and_the_rest_goes_on(
    server, follow, audience, scaled
):
    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    server.emit("invented_later", {"x": 1})
    server.note("goes on")
    wait_until(lambda: audience.texts == ["goes on"], scaled(3))
    assert follower.view.offset == 2


def test_a_listener_that_raises_does_not_end_following(server, scaled, caplog):
    from jupyter_progress.client.follow import Follower

    def fail(messages: list[Message], connection: str) -> None:
        raise RuntimeError("the display is broken")

    follower = Follower(server.address, on_messages=fail)
    follower.start()
    try:
        wait_until(lambda: follower.connection == "live", scaled(3))
        server.note("x")
        wait_until(lambda: follower.view.offset == 1, scaled(3))
    finally:
        follower.stop()


def test_a_listener_may_stop_the_follower(server, scaled):
    from jupyter_progress.client.follow import Follower

    follower = Follower(server.address, on_messages=lambda *_: follower.stop())
    follower.start()
    wait_until(lambda: not follower.is_running and follower.connection == "offline", scaled(3))


def test_a_snapshot_of_the_view_starts_another_view(server, follow, scaled):
    from jupyter_progress.core.view import Applied, View

    follower = follow(server.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    server.emit("training_started", {"name": "digits", "stages": []})
    wait_until(lambda: RUN in follower.view.runs, scaled(3))
    other = View()
    assert other.apply(follower.snapshot()) is Applied.CHANGED
    assert other.runs == follower.view.runs
    assert (other.log_id, other.offset) == (follower.view.log_id, follower.view.offset)


def test_no_token_in_logs_or_words(server, proxy, follow, audience, scaled, caplog):
    caplog.set_level(logging.DEBUG)
    follower = follow(proxy.address)
    wait_until(lambda: follower.connection == "live", scaled(3))
    proxy.refuses_all = True
    proxy.cut()
    wait_until(lambda: follower.connection == "offline", scaled(3))
    ours = [record for record in caplog.records if record.name != "websockets.server"]
    said = [record.getMessage() for record in ours]
    said += [repr(follower.address), repr(follower), str(follower.error), repr(follower.error)]
    assert not [words for words in said if TOKEN in words]


def _handshakes(server: WireServer) -> int:
    return sum("/stream" in path for path in server.asked)


def test_a_follower_says_when_it_asks_again_and_asks_at_once_where_it_is_told_to(
    server, proxy, follow, scaled
):
    hour = Timing(hello_s=0.3, poll_timeout_s=1.0, first_s=3600.0, cap_unreachable_s=3600.0)
    follower = follow(proxy.address, hour)
    wait_until(lambda: follower.connection == "live", scaled(3))
    assert follower.next_attempt_s is None
    proxy.refuses_all = True
    proxy.cut()
    wait_until(lambda: (follower.next_attempt_s or 0.0) > 1.0, scaled(5))
    left = follower.next_attempt_s
    time.sleep(0.05)
    assert follower.next_attempt_s < left
    proxy.refuses_all = False
    follower.retry_now()
    wait_until(lambda: follower.connection == "live", scaled(3))
    assert follower.next_attempt_s is None
