"""Who is looking at a panel decides how it is fed."""

from __future__ import annotations

import pytest

from jupyter_progress.panel.attention import SILENT_S, Attention

IDLE = 0.0  # the kernel has been idle since the beginning
BUSY = None


@pytest.fixture
def seen() -> Attention:
    """A panel whose view has been fed by the page's own socket from the second 1 on."""
    attention = Attention(0.0)
    attention.judge(0.0, IDLE)
    attention.beat(1.0, "live", "socket", 1)
    return attention


def test_panel_that_was_never_looked_at_is_not_lost() -> None:
    assert not Attention(0.0).judge(3600.0, IDLE).is_lost


def test_view_that_falls_silent_under_an_idle_kernel_is_lost(seen: Attention) -> None:
    assert not seen.judge(1.0 + SILENT_S, IDLE).is_lost
    assert seen.judge(1.1 + SILENT_S, IDLE).is_lost


def test_busy_kernel_hears_no_beats_and_that_is_no_fault(seen: Attention) -> None:
    assert not seen.judge(3600.0, BUSY).is_lost


def test_kernel_that_was_busy_gives_the_view_time_to_be_heard(seen: Attention) -> None:
    assert not seen.judge(3600.0, 3600.0 - SILENT_S + 0.1).is_lost
    assert seen.judge(3600.0, 3600.0 - SILENT_S - 0.1).is_lost


def test_closed_comm_is_lost_whether_or_not_the_kernel_is_busy(seen: Attention) -> None:
    seen.close()
    assert seen.judge(1.1, BUSY).is_lost


def test_lost_view_stays_lost_through_cells_that_run(seen: Attention) -> None:
    assert seen.judge(60.0, IDLE).is_lost
    assert seen.judge(61.0, BUSY).is_lost
    assert seen.judge(62.0, 61.9).is_lost
    seen.beat(62.5, "live", "socket", 1)
    assert not seen.judge(62.6, 61.9).is_lost


def test_view_that_returns_gets_one_snapshot(seen: Attention) -> None:
    assert seen.judge(60.0, IDLE).is_lost
    seen.beat(61.0, "offline", "none", 1)
    told = [seen.judge(61.0 + tick / 5, IDLE) for tick in range(5)]
    assert [judgement.needs_snapshot for judgement in told] == [True, False, False, False, False]
    assert not any(judgement.is_lost for judgement in told)


def test_snapshot_that_was_asked_for_on_return_is_sent_once(seen: Attention) -> None:
    seen.judge(60.0, IDLE)
    seen.beat(61.0, "offline", "none", 1)
    seen.ask(61.0)
    assert [seen.judge(61.1 + tick / 5, IDLE).needs_snapshot for tick in range(3)] == [
        True,
        False,
        False,
    ]


def test_view_on_its_own_socket_is_sent_beats_only(seen: Attention) -> None:
    assert seen.judge(1.2, IDLE).forward == "beats"


def test_view_without_a_server_is_sent_everything(seen: Attention) -> None:
    seen.beat(2.0, "offline", "none", 1)
    assert seen.judge(2.1, IDLE).forward == "everything"
    seen.beat(3.0, "live", "comm", 1)
    assert seen.judge(3.1, IDLE).forward == "everything"


def test_view_that_cannot_be_heard_is_sent_everything_and_snapshots(seen: Attention) -> None:
    later = [seen.judge(1.0 + second, BUSY) for second in range(1, 31)]
    assert later[-1].forward == "everything"
    assert 2 <= sum(judgement.needs_snapshot for judgement in later) <= 6


def test_view_is_sent_some_snapshots_unasked_before_it_can_ask() -> None:
    attention = Attention(0.0)
    told = [attention.judge(second, BUSY).needs_snapshot for second in range(60)]
    assert told[0]
    assert sum(told) == 6


def test_shown_connection_is_the_views_own_while_it_has_its_own_way(seen: Attention) -> None:
    seen.beat(2.0, "polling", "rest", 1)
    assert seen.shown_connection("live") == "polling"
    seen.beat(3.0, "live", "comm", 1)
    assert seen.shown_connection("local") == "local"


def test_lost_view_has_no_say_in_the_connection(seen: Attention) -> None:
    assert seen.judge(60.0, IDLE).is_lost
    assert seen.shown_connection("polling") == "polling"


def test_code_is_sent_unasked_only_where_a_busy_kernel_cannot_be_asked_for_it() -> None:
    attention = Attention(0.0)
    sent = [second for second in range(60) if attention.is_code_due(float(second), BUSY)]
    assert sent == [2, 6, 15]
    assert not any(Attention(0.0).is_code_due(float(second), IDLE) for second in range(60))


def test_code_is_sent_at_once_when_asked_for_and_then_once_a_second() -> None:
    attention = Attention(100.0)
    assert not attention.is_asked_code_due(100.0)
    attention.ask_for_code()
    assert attention.is_asked_code_due(100.0)
    for _ in range(50):
        attention.ask_for_code()
        assert not attention.is_asked_code_due(100.9)
    assert attention.is_asked_code_due(101.0)  # who asked in between gets it too
    assert not attention.is_asked_code_due(105.0)


def test_view_that_was_heard_once_asks_for_what_it_needs(seen: Attention) -> None:
    assert not any(seen.is_code_due(float(second), BUSY) for second in range(60))
