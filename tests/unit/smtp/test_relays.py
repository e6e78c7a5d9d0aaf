"""Many connections and two relays: how they are opened, what they bear, and who helps when one gives trouble."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event
from time import monotonic

import pytest

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay, Then, scripted_relay
from tests.unit.smtp.desk import TEXT, Desk, envelope
from worker.smtp.carrier import Accepted, Deferred, Down, Ready, Refused, Unsent


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    with scripted_relay() as running:
        running.offer("PIPELINING")
        yield running


@pytest.fixture
def second() -> Iterator[ScriptedRelay]:
    with scripted_relay() as running:
        running.offer("PIPELINING")
        yield running


def kinds(told: Sequence[object]) -> list[type]:
    return [type(each) for each in told]


def test_there_is_room_for_every_connection_and_no_more(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 4) as desk:
        for ticket in range(4):
            assert desk.carrier.room() == 4 - ticket
            desk.begin(ticket)
        assert desk.carrier.room() == 0
        ready = {desk.wait_for(Ready).ticket for _ in range(4)}
        assert (ready, relay.connections, desk.carrier.room()) == ({0, 1, 2, 3}, 4, 0)
        desk.carrier.finish(0, [TEXT])
        desk.wait_for(Accepted)
        assert desk.carrier.room() == 1


def test_there_is_room_as_soon_as_a_refusal_is_told(relay: ScriptedRelay) -> None:
    released = Event()
    relay.answer("RCPT", "550 no")
    relay.answer("DATA", Then("503 no", act=lambda: released.wait(20)))
    with Desk(relay.url, 1) as desk:
        desk.begin(1)
        desk.wait_for(Refused)
        assert desk.carrier.room() == 1
        desk.begin(2)
        assert (desk.carrier.room(), desk.carrier.wait(0.05)) == (0, [])
        released.set()
        assert kinds(desk.drain()) == [Accepted]
    assert relay.connections == 1


def test_few_messages_open_few_connections(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 16) as desk:
        desk.begin(1)
        desk.begin(2)
        desk.drain()
        for ticket in range(3, 6):
            desk.send(ticket)
    assert relay.connections == 2


def test_a_refused_opening_is_tried_by_one_connection_not_by_all(relay: ScriptedRelay) -> None:
    relay.always("CONNECT", "421 closed")
    with Desk(relay.url, 16) as desk:
        for ticket in range(16):
            desk.begin(ticket)
        told = desk.drain()
        assert kinds(told) == [Unsent] * 16 + [Down]
        assert relay.connections == 1
        relay.accept_everything()
        assert desk.carrier.room() == 16, "after Down everything is tried anew"
        assert kinds(desk.send(1)) == [Accepted]


def test_a_relay_that_bears_fewer_connections_is_used_with_those(relay: ScriptedRelay) -> None:
    relay.answer("CONNECT", "220 first", "220 second")
    relay.always("CONNECT", "421 too many connections from you")
    with Desk(relay.url, 8) as desk:
        for ticket in range(8):
            desk.begin(ticket)
        told = desk.drain()
        assert kinds(told) == [Accepted] * 8
        assert desk.carrier.room() == 2, "as many as it bears, for a while"
        opened = relay.connections
        for ticket in range(8, 12):
            desk.begin(ticket)
        assert kinds(desk.drain()) == [Accepted] * 4
        assert relay.connections == opened


def test_more_connections_are_tried_again_after_a_while(relay: ScriptedRelay) -> None:
    relay.answer("CONNECT", "220 first", "421 too many")
    with Desk(relay.url, 2, patience=0.004) as desk:
        desk.begin(1)
        desk.begin(2)
        assert kinds(desk.drain()) == [Accepted] * 2
        assert desk.carrier.room() == 1
        until = monotonic() + 10
        while desk.carrier.room() == 1:
            assert monotonic() < until
            desk.carrier.wait(0.1)
        assert desk.carrier.room() == 2


def test_down_comes_last_and_the_others_go_on_to_their_end(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 3) as desk:
        for ticket in (1, 2):
            desk.begin(ticket)
        assert {desk.wait_for(Ready).ticket, desk.wait_for(Ready).ticket} == {1, 2}
        desk.carrier.finish(1, [TEXT])
        desk.wait_for(Accepted)
        relay.answer("MAIL", "421 going down")
        desk.begin(3)
        assert desk.wait_for(Unsent).ticket == 3
        assert desk.carrier.room() == 0
        desk.begin(4)
        assert desk.wait_for(Unsent).ticket == 4
        assert desk.happened == [], "number 2 waits for its text"
        desk.carrier.finish(2, [TEXT], envelope(5))
        told = [desk.wait_for(Unsent).ticket, desk.wait_for(Accepted).ticket, type(desk.wait_for(Down))]
        assert told == [5, 2, Down]
        assert desk.carrier.room() == 3


def test_whoever_leaves_everything_may_begin_again(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 2) as desk:
        desk.begin(1)
        desk.wait_for(Ready)
        relay.answer("MAIL", "421 busy")
        desk.begin(2)
        desk.wait_for(Unsent)
        assert desk.carrier.room() == 0
        desk.carrier.abandon(1)
        assert desk.carrier.room() == 2
        assert desk.carrier.wait(0.05) == [], "there is nobody left to hear that it is down"


def test_a_dot_answered_421_is_deferred_and_the_envelope_behind_it_never_tried(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 1) as desk:
        desk.begin(1)
        desk.wait_for(Ready)
        relay.answer("DOT", Then("421 going down", hang_up=True))
        desk.carrier.finish(1, [TEXT], envelope(2))
        down = desk.wait_for(Down)
        assert down.reply is not None and down.reply.code == 421
        assert desk.wait_for(Deferred).ticket == 1
        assert desk.wait_for(Unsent).ticket == 2


def test_an_envelope_lost_on_two_connections_that_were_in_use_is_the_relays_trouble(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 3) as desk:
        for ticket in range(3):
            desk.begin(ticket)
        assert kinds(desk.drain()) == [Accepted] * 3
        relay.answer("RCPT", HANG_UP, HANG_UP)
        assert kinds(desk.send(3)) == [Unsent, Down]
        assert relay.connections == 3


@pytest.mark.parametrize(
    ("verb", "answer"),
    [("CONNECT", "421 closed"), ("EHLO", HANG_UP), ("MAIL", "451 later"), ("RCPT", "421 bye"), ("DATA", HANG_UP)],
)
def test_the_second_relay_helps_unseen(relay: ScriptedRelay, second: ScriptedRelay, verb: str, answer: str) -> None:
    relay.always(verb, answer)
    with Desk(relay.url, 4, fallback=second.url) as desk:
        for ticket in range(6):
            desk.begin(ticket)
        assert kinds(desk.drain()) == [Accepted] * 6
    assert (len(relay.received), len(second.received)) == (0, 6)


def test_a_message_that_was_ready_is_not_moved_unseen(relay: ScriptedRelay, second: ScriptedRelay) -> None:
    with Desk(relay.url, 1, fallback=second.url) as desk:
        relay.answer("DATA", Then("354 go", hang_up=True))
        desk.begin(1)
        desk.wait_for(Ready)
        assert desk.wait_for(Unsent).ticket == 1
        assert kinds(desk.send(2)) == [Accepted]
        assert Down not in desk.told_kinds()
    assert [each.recipient for each in second.received] == ["r2@noviny.example.org"]


def test_an_envelope_behind_a_dot_moves_when_the_relay_goes_down(relay: ScriptedRelay, second: ScriptedRelay) -> None:
    with Desk(relay.url, 1, fallback=second.url) as desk:
        desk.begin(1)
        desk.wait_for(Ready)
        relay.answer("DOT", Then("421 going down", hang_up=True))
        desk.carrier.finish(1, [TEXT], envelope(2))
        assert desk.wait_for(Deferred).ticket == 1
        assert desk.wait_for(Ready).ticket == 2
        desk.carrier.finish(2, [TEXT])
        desk.wait_for(Accepted)
        assert Down not in desk.told_kinds()
    assert [each.recipient for each in second.received] == ["r2@noviny.example.org"]


def test_only_when_both_give_trouble_nothing_goes(relay: ScriptedRelay, second: ScriptedRelay) -> None:
    relay.always("CONNECT", "421 first closed")
    second.always("MAIL", "451 second closed")
    with Desk(relay.url, 4, fallback=second.url) as desk:
        for ticket in range(4):
            desk.begin(ticket)
        told = desk.drain()
        assert kinds(told) == [Unsent] * 4 + [Down]
        assert isinstance(told[-1], Down) and str(told[-1].reply) == "451 second closed"
        relay.accept_everything()
        assert kinds(desk.send(9)) == [Accepted], "the first is tried first again"
    assert len(relay.received) == 1


def test_the_first_relay_is_taken_up_again_after_a_while(relay: ScriptedRelay, second: ScriptedRelay) -> None:
    relay.answer("CONNECT", "421 closed")
    with Desk(relay.url, 1, fallback=second.url, patience=0.004) as desk:
        assert kinds(desk.send(1)) == [Accepted]
        assert len(second.received) == 1
        until = monotonic() + 10
        ticket = 2
        while not relay.received:
            assert monotonic() < until
            assert kinds(desk.send(ticket)) == [Accepted]
            ticket += 1
            desk.carrier.wait(0.2)


def test_closing_does_not_wait_for_a_relay_that_does_not_greet(relay: ScriptedRelay) -> None:
    released = Event()
    relay.always("CONNECT", Then("220 at last", act=lambda: released.wait(20)))
    with Desk(relay.url, 4) as desk:
        desk.begin(1)
        assert desk.carrier.wait(0.2) == []
        began = monotonic()
        desk.carrier.abandon(1)
        desk.carrier.close()
        assert monotonic() - began < 10
    released.set()


def test_a_relay_that_does_not_answer_to_quit_is_left(relay: ScriptedRelay) -> None:
    released = Event()
    relay.answer("QUIT", Then("221 bye", act=lambda: released.wait(20)))
    with Desk(relay.url, 1) as desk:
        desk.send(1)
        began = monotonic()
        desk.carrier.close()
        assert monotonic() - began < 10
    released.set()


def test_waiting_ends_in_time_when_nothing_happens(relay: ScriptedRelay) -> None:
    with Desk(relay.url, 1) as desk:
        began = monotonic()
        assert desk.carrier.wait(0.05) == []
        assert 0.04 < monotonic() - began < 10
