"""The carrier over real connections: what each failure in each phase comes to, and what is under way meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import clock_gettime, monotonic, sleep

import pytest

from tests.fixtures.smtp_server import ACCEPT_AND_HANG_UP, HANG_UP, ScriptedRelay, Then, scripted_relay
from tests.unit.smtp.desk import LARGE, TEXT, Desk, envelope
from worker.smtp.carrier import AWAKE_AND_ASLEEP, Accepted, Deferred, Down, Ready, Refused, Unknown, Unsent
from worker.smtp.replies import Reply

PIPELINED, LOCK_STEP = ("PIPELINING",), ()


@pytest.fixture(params=[PIPELINED, LOCK_STEP], ids=["pipelined", "lock-step"])
def relay(request: pytest.FixtureRequest) -> Iterator[ScriptedRelay]:
    with scripted_relay() as running:
        running.offer(*request.param)
        yield running


@pytest.fixture
def desk(relay: ScriptedRelay) -> Iterator[Desk]:
    with Desk(relay.url, 1) as own:
        yield own


CUT = Then("4", hang_up=True)
"""A part of an answer, and then nothing."""

# Verb, answer, what comes of the message. Down comes with the last two.
FAILURES: list[tuple[str, str | Then, type]] = [
    ("CONNECT", HANG_UP, Unsent),
    ("CONNECT", CUT, Unsent),
    ("CONNECT", "421 too busy", Unsent),
    ("CONNECT", "450 later", Unsent),
    ("CONNECT", "554 no service", Unsent),
    ("CONNECT", "hello", Unsent),
    ("EHLO", HANG_UP, Unsent),
    ("EHLO", "421 too busy", Unsent),
    ("EHLO", "hello", Unsent),
    ("MAIL", HANG_UP, Unsent),
    ("MAIL", "421 too busy", Unsent),
    ("MAIL", "451 later", Unsent),
    ("MAIL", "550 sender refused", Unsent),
    ("MAIL", "552 too big", Refused),
    ("MAIL", "hello", Unsent),
    ("MAIL", "354 go", Unsent),
    ("RCPT", HANG_UP, Unsent),
    ("RCPT", "421 too busy", Unsent),
    ("RCPT", "450 mailbox busy", Deferred),
    ("RCPT", "550 no such mailbox", Refused),
    ("RCPT", Then("450 mailbox busy", hang_up=True), Deferred),
    ("RCPT", Then("550 no such mailbox", hang_up=True), Refused),
    ("RCPT", "perhaps", Unsent),
    ("RCPT", "354 go", Unsent),
    ("DATA", HANG_UP, Unsent),
    ("DATA", "421 too busy", Unsent),
    ("DATA", "451 later", Deferred),
    ("DATA", "554 no", Refused),
    ("DATA", "250 what text?", Unsent),
    ("DATA", "perhaps", Unsent),
    ("DOT", HANG_UP, Unknown),
    ("DOT", CUT, Unknown),
    ("DOT", ACCEPT_AND_HANG_UP, Unknown),
    ("DOT", "421 too busy", Deferred),
    ("DOT", "452 full", Deferred),
    ("DOT", "554 spam", Refused),
    ("DOT", Then("452 full", hang_up=True), Deferred),
    ("DOT", Then("554 spam", hang_up=True), Refused),
    ("DOT", Then("250 queued", hang_up=True), Accepted),
    ("DOT", "perhaps", Unknown),
    ("DOT", "354 what?", Unknown),
]


@pytest.mark.parametrize(("verb", "answer", "outcome"), FAILURES)
def test_a_failure_comes_to_what_its_phase_says(
    relay: ScriptedRelay, desk: Desk, verb: str, answer: str | Then, outcome: type
) -> None:
    relay.answer(verb, answer)
    if verb == "EHLO":
        relay.answer("HELO", answer)
    told = desk.send(1)
    assert [type(each) for each in told][: 1 + (outcome is Unsent)] == [outcome, Down][: 1 + (outcome is Unsent)]
    assert (Down in map(type, told)) == (outcome is Unsent or answer == "421 too busy")
    relay.accept_everything()
    relay.offer()
    assert isinstance(desk.send(2)[0], Accepted), "the next message goes out, over the same connection or a new one"
    assert not any(isinstance(each, Ready) for each in desk.happened)
    assert len(relay.received) == 1 + (outcome is Accepted or answer == ACCEPT_AND_HANG_UP)


def test_what_the_relay_said_is_told_with_down(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("MAIL", "451 4.3.2 closed for today")
    unsent, down = desk.send(1)
    assert isinstance(unsent, Unsent) and isinstance(down, Down) and down.reply is not None
    assert (unsent.ticket, unsent.why) == (1, "451 4.3.2 closed for today")
    assert down.reply.code == 451


def test_a_message_and_the_next_ones_envelope_go_over_one_connection(relay: ScriptedRelay, desk: Desk) -> None:
    for ticket in range(1, 6):
        desk.follow(ticket)
    assert desk.outcomes() == {ticket: Accepted for ticket in range(1, 6)}
    assert (relay.connections, len(relay.received), relay.count("RSET")) == (1, 5, 0)
    assert {each.data for each in relay.received} == {TEXT}


def test_a_refusal_in_the_middle_disturbs_nobody_else(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer_to("r2@noviny.example.org", "550 no such mailbox")
    relay.answer_to("r3@noviny.example.org", "450 busy")
    for ticket in range(1, 6):
        desk.follow(ticket)
    assert desk.outcomes() == {1: Accepted, 2: Refused, 3: Deferred, 4: Accepted, 5: Accepted}
    assert relay.connections == 1
    assert [each.recipient for each in relay.received] == [f"r{ticket}@noviny.example.org" for ticket in (1, 4, 5)]


def test_a_connection_lost_behind_a_dot_begins_the_next_envelope_anew_unseen(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("DOT", ACCEPT_AND_HANG_UP)
    for ticket in (1, 2):
        desk.follow(ticket)
    assert desk.outcomes() == {1: Unknown, 2: Accepted}
    assert relay.connections == 2
    assert Down not in desk.told_kinds()


def test_an_idle_connection_that_was_closed_is_opened_anew_unseen(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("DOT", Then("250 queued", hang_up=True))
    for ticket in (1, 2):
        assert isinstance(desk.send(ticket)[0], Accepted)
    assert relay.connections == 2


def test_a_421_on_an_idle_connection_pauses_nobody(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("DOT", Then("250 queued\n421 idle for too long", hang_up=True, drip=0.005))
    assert isinstance(desk.send(1)[0], Accepted)
    sleep(0.4)
    assert [type(each) for each in desk.send(2)] == [Accepted]


def test_an_envelope_that_is_lost_twice_is_the_relays_trouble(relay: ScriptedRelay, desk: Desk) -> None:
    desk.send(1)
    relay.answer("RCPT", HANG_UP, HANG_UP)
    assert list(map(type, desk.send(2))) == [Unsent, Down]
    assert relay.connections == 2


def test_a_relay_that_refuses_in_the_middle_of_the_text_is_heard(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("TEXT", Then("552 5.3.4 too big", hang_up=True))
    told = desk.send(1, LARGE)
    assert [type(each) for each in told] == [Refused]
    assert isinstance(desk.send(2)[0], Accepted)


def test_a_text_cut_short_never_left(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("TEXT", HANG_UP)
    assert list(map(type, desk.send(1, LARGE))) == [Unsent, Down]
    assert relay.offered == []


def test_ready_and_then_lost_is_told_as_unsent_and_finishing_sends_nothing(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("DATA", Then("354 go", hang_up=True))
    desk.begin(1)
    ready = desk.wait_for(Ready)
    assert ready.ticket == 1
    assert desk.wait_for(Unsent).ticket == 1
    desk.carrier.finish(1, [TEXT], envelope(2))
    assert desk.wait_for(Ready).ticket == 2, "what was to follow is begun elsewhere"
    desk.carrier.finish(2, [TEXT])
    desk.wait_for(Accepted)
    assert [each.recipient for each in relay.received] == ["r2@noviny.example.org"]


def test_that_a_message_was_ready_is_not_told_when_it_is_over(relay: ScriptedRelay, desk: Desk) -> None:
    relay.answer("DATA", "354 go\n421 bye")
    desk.send(1)
    assert [type(each) for each in desk.told] == [Unsent, Down]


def test_abandoned_envelopes_leave_nothing(relay: ScriptedRelay, desk: Desk) -> None:
    desk.begin(1)
    desk.carrier.abandon(1)  # waits for a connection
    desk.begin(2)
    desk.wait_for(Ready)
    desk.carrier.abandon(2)
    desk.begin(3)
    desk.wait_for(Ready)
    desk.carrier.finish(3, [TEXT], envelope(4))
    desk.carrier.abandon(4)  # while the dot before it waits for its answer
    desk.carrier.abandon(3)  # too late
    assert desk.wait_for(Accepted).ticket == 3
    assert desk.carrier.wait(0.05) == []
    assert [each.recipient for each in relay.received] == ["r3@noviny.example.org"]
    assert desk.carrier.room() == 1


def test_closing_says_goodbye_and_a_closed_carrier_opens_anew(relay: ScriptedRelay, desk: Desk) -> None:
    for ticket in (1, 2):
        desk.send(ticket)
        desk.carrier.close()
        desk.carrier.close()
        assert relay.heard[-1] == "QUIT"
    assert relay.connections == 2


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("drip", [False, True], ids=["silent", "dripping"])
def test_nobody_is_waited_for_without_end(relay: ScriptedRelay, verb: str, drip: bool) -> None:
    released = Event()
    answer = "354 go" if verb == "DATA" else "250 this goes on and on and on"
    relay.answer(verb, Then(answer, drip=0.1) if drip else Then(answer, act=lambda: released.wait(20)))
    began = monotonic()
    with Desk(relay.url, 1, patience=0.001) as desk:
        told = desk.send(1)
        desk.carrier.close()
    assert monotonic() - began < 10
    released.set()
    assert isinstance(told[0], Unknown if verb == "DOT" else Unsent)


def test_a_text_that_nobody_takes_is_not_waited_for_without_end() -> None:
    released = Event()
    with scripted_relay() as relay, Desk(relay.url, 1, patience=0.001) as desk:
        relay.answer("TEXT", Then(HANG_UP, act=lambda: released.wait(20)))
        told = desk.send(1, LARGE)
        released.set()
    assert list(map(type, told)) == [Unsent, Down]


def test_a_line_end_in_an_address_reaches_no_relay(relay: ScriptedRelay, desk: Desk) -> None:
    desk.begin(1, recipient="a@example.org>\r\nRCPT TO:<b@example.org")
    assert desk.wait_for(Refused).reply.code == 0
    desk.begin(2)
    desk.wait_for(Ready)
    desk.carrier.finish(2, [TEXT], envelope(3, recipient="č@example.org", smtputf8=True))
    assert {desk.wait_for(Refused).ticket, desk.wait_for(Accepted).ticket} == {2, 3}
    assert relay.count("RCPT") == 1


def test_utf8_addresses_go_where_they_are_offered(relay: ScriptedRelay) -> None:
    relay.offer("8BITMIME", "SMTPUTF8")
    with Desk(relay.url, 1) as desk:
        desk.begin(1, recipient="č@example.org", smtputf8=True)
        desk.wait_for(Ready)
    assert "RCPT TO:<č@example.org>" in relay.heard


def test_utf8_addresses_need_8bitmime_too(relay: ScriptedRelay) -> None:
    relay.offer("SMTPUTF8")
    with Desk(relay.url, 1) as desk:
        desk.begin(1, recipient="č@example.org", smtputf8=True)
        desk.wait_for(Refused)


def test_nobody_listens() -> None:
    with scripted_relay() as gone:
        url = gone.url
    with Desk(url, 4) as desk:
        for ticket in range(4):
            desk.begin(ticket)
        told = desk.drain()
    assert [type(each) for each in told] == [Unsent] * 4 + [Down]


def test_an_address_that_no_host_has_is_the_relays_trouble() -> None:
    with Desk("smtp://" + "a" * 70 + ".example.org", 1) as desk:
        assert list(map(type, desk.send(1))) == [Unsent, Down]


def test_past_its_time_a_dot_does_not_leave(relay: ScriptedRelay, desk: Desk) -> None:
    desk.begin(1)
    desk.wait_for(Ready)
    desk.carrier.finish(1, [TEXT], envelope(2), before=clock_gettime(AWAKE_AND_ASLEEP) - 0.001)
    assert desk.wait_for(Unsent).ticket == 1
    assert desk.wait_for(Ready).ticket == 2, "it is not the relay's doing"
    desk.carrier.finish(2, [TEXT], before=clock_gettime(AWAKE_AND_ASLEEP) + 60)
    desk.wait_for(Accepted)
    assert Down not in desk.told_kinds()
    assert [each.recipient for each in relay.offered] == ["r2@noviny.example.org"]


def test_past_its_time_the_rest_of_a_text_does_not_leave(relay: ScriptedRelay, desk: Desk) -> None:
    stopped = Event()
    relay.answer("TEXT", Then("", act=lambda: stopped.wait(20)))
    desk.begin(1)
    desk.wait_for(Ready)
    desk.carrier.finish(1, [LARGE], before=clock_gettime(AWAKE_AND_ASLEEP) + 0.2)
    assert desk.carrier.wait(0.3) == [], "the relay takes nothing more for now"
    stopped.set()
    assert desk.wait_for(Unsent).ticket == 1
    assert isinstance(desk.send(2)[0], Accepted)
    assert [each.recipient for each in relay.offered] == ["r2@noviny.example.org"]


def test_what_happens_to_a_message_is_never_taken_for_something_else() -> None:
    """Accepted, deferred and refused hold the same values; the other tests compare them."""
    reply = Reply(250, "ok")
    told = [Accepted(1, reply), Deferred(1, reply), Refused(1, reply), Ready(1), Unsent(1, "ok"), Unknown(1, "ok")]
    assert len({repr(each) for each in told}) == len(set(told)) == len(told)
