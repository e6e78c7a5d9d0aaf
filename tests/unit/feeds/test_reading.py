"""Several feeds at once: nobody waits for the slowest, no host is crowded, and all are over in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.fixtures.feed_server import FeedServer, Reply, atom, feed_server, item
from tests.unit.feeds.asking import LOOPBACK
from worker.feeds.fetch import Ask
from worker.feeds.reading import PAUSE, Outcome, Reading
from worker.outbound.call import Call
from worker.outbound.trouble import Trouble

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEVER = threading.Event()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


def outcomes(reading: Reading) -> list[Outcome]:
    """All of them, waited for."""
    found = []
    while not reading.over:
        reading.wait(NEVER)
        found += reading.finished()
    return found


def told(outcome: Outcome) -> str:
    return outcome.trouble.message_key if outcome.trouble else ", ".join(each.title for each in outcome.news)


def test_nobody_waits_for_the_slowest_and_all_are_over_in_time(server: FeedServer) -> None:
    server.replies["/pomaly"] = Reply(send=lambda line: server.stopping.wait(10))
    server.replies["/rychly"] = Reply(atom(item(1)))
    asks = [
        Ask("pomaly", server.url("/pomaly")),
        Ask("za-nim", server.url("/rychly")),
        Ask("jinde", server.url("/rychly", "localhost")),
    ]
    began = time.monotonic()
    reading = Reading(asks, LOOPBACK, NOW, budget=2.0)
    reading.wait(NEVER)
    assert [(each.ask.feed, told(each)) for each in reading.finished()] == [("jinde", "Zpráva 1")]
    assert time.monotonic() - began < 2.0
    late = {each.ask.feed: each for each in outcomes(reading)}
    assert 2.0 <= time.monotonic() - began < 9
    assert (told(late["pomaly"]), late["pomaly"].begun) == ("feeds.too_slow", True)
    assert (told(late["za-nim"]), late["za-nim"].begun) == ("feeds.waited_its_turn", False)
    assert len(server.asked) == 2, "the one behind it was left to the next time"


def test_one_host_is_asked_one_thing_at_a_time_with_a_pause(server: FeedServer) -> None:
    at: list[float] = []

    def reply(headers: dict[str, str]) -> Reply:
        at.append(time.monotonic())
        return Reply(atom(item(len(at))))

    server.replies = {f"/{number}": reply for number in range(3)}
    reading = Reading([Ask(str(number), server.url(f"/{number}")) for number in range(3)], LOOPBACK, NOW)
    assert [told(each) for each in outcomes(reading)] == ["Zpráva 1", "Zpráva 2", "Zpráva 3"]
    assert all(later - earlier >= PAUSE for earlier, later in pairwise(at))


def test_a_host_that_asks_for_a_pause_is_asked_nothing_more(server: FeedServer) -> None:
    server.replies = {"/a": Reply(status=429, headers={"Retry-After": "60"}), "/b": Reply(atom(item(1)))}
    found = outcomes(Reading([Ask("a", server.url("/a")), Ask("b", server.url("/b"))], LOOPBACK, NOW))
    assert [each.trouble and each.trouble.again_after for each in found] == [60.0, 60.0]
    assert len(server.asked) == 1


def test_each_feed_fails_alone(server: FeedServer) -> None:
    server.replies = {"/dobry": Reply(atom(item(1))), "/html": Reply(b"<html><body>Obec</body></html>")}
    asks = [Ask("html", server.url("/html")), Ask("dobry", server.url("/dobry", "localhost"))]
    found = {each.ask.feed: told(each) for each in outcomes(Reading(asks, LOOPBACK, NOW))}
    assert found == {"html": "feeds.no_feed", "dobry": "Zpráva 1"}


def test_what_is_broken_off_ends_and_is_given_out_no_more(server: FeedServer) -> None:
    server.replies["/f"] = Reply(send=lambda line: server.stopping.wait(10))
    reading = Reading([Ask("f", server.url("/f"))], LOOPBACK, NOW)
    while not server.asked:
        time.sleep(0.01)
    [thread] = [each for each in threading.enumerate() if each.name == "feeds"]
    reading.break_off()
    thread.join(2)
    assert not thread.is_alive()
    assert reading.over and reading.finished() == []


def test_waiting_ends_when_told_to_stop(server: FeedServer) -> None:
    server.replies["/f"] = Reply(send=lambda line: server.stopping.wait(10))
    reading, stopping = Reading([Ask("f", server.url("/f"))], LOOPBACK, NOW), threading.Event()
    stopping.set()
    began = time.monotonic()
    reading.wait(stopping)
    assert time.monotonic() - began < 1
    reading.break_off()


def test_a_connection_that_was_being_made_when_all_was_broken_off_is_not_used(server: FeedServer) -> None:
    call = Call(time.monotonic() + 5)
    call.break_off()
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        with pytest.raises(Trouble):
            call.hold(line)
        call.close()
