"""The state machine of one connection, without a connection: what it writes, what it understands, how long it waits."""

from __future__ import annotations

from math import inf

import pytest

from worker.smtp.carrier import Accepted, Deferred, Envelope, Ready, Refused, Ticketed, Unknown, Unsent
from worker.smtp.features import Features, objection
from worker.smtp.pipe import Broken, Pipe, Task
from worker.smtp.replies import Reply

PIPELINING = Features(pipelining=True)
TEXT = b"Subject: x\r\n\r\nx\r\n"
NOW = 1000.0
EVERYTHING = 10**9
OK = b"250 ok\r\n"
GO = OK + OK + b"354 go\r\n"


class Desk:
    """A pipe and what it told. `patience` is 1."""

    def __init__(self, features: Features = PIPELINING) -> None:
        self.told: list[Ticketed] = []
        self.pipe = Pipe(features, 1.0, self.told.append)

    def begin(self, ticket: int, *, smtputf8: bool = False, size: int = 0) -> bytes:
        return self.pipe.begin(task(ticket, smtputf8=smtputf8, size=size), NOW)

    def hear(self, data: bytes, gone: int = EVERYTHING) -> bytes:
        return self.pipe.heard(data, gone, NOW)

    def break_off(self, data: bytes, gone: int = EVERYTHING) -> Broken:
        with pytest.raises(Broken) as broken:
            self.hear(data, gone)
        return broken.value


def task(ticket: int, *, smtputf8: bool = False, size: int = 0) -> Task:
    return Task(Envelope(ticket, "tisk@kraj.example.org", f"r{ticket}@noviny.example.org", smtputf8, size))


def commands(ticket: int) -> bytes:
    return b"MAIL FROM:<tisk@kraj.example.org>\r\nRCPT TO:<r%d@noviny.example.org>\r\nDATA\r\n" % ticket


def test_a_text_its_dot_and_the_next_envelope_are_one_write_and_four_answers_one_read() -> None:
    desk = Desk()
    assert desk.begin(1) == commands(1)
    assert desk.hear(GO) == b""
    assert desk.told == [Ready(1)]
    assert b"".join(desk.pipe.finish([TEXT], task(2), NOW)) == TEXT + b".\r\n" + commands(2)
    assert desk.hear(OK + GO) == b""
    assert desk.told[1:] == [Accepted(1, Reply(250, "ok")), Ready(2)]


def test_without_pipelining_every_command_waits_for_the_answer_before() -> None:
    desk = Desk(Features())
    first, second, third = (line + b"\r\n" for line in commands(1).split(b"\r\n")[:3])
    assert desk.begin(1) == first
    assert desk.hear(OK) == second
    assert desk.hear(OK) == third
    assert desk.hear(b"354 go\r\n") == b""
    assert b"".join(desk.pipe.finish([TEXT], task(2), NOW)) == TEXT + b".\r\n"
    assert desk.hear(OK) == commands(2).split(b"\r\n")[0] + b"\r\n"
    assert desk.told == [Ready(1), Accepted(1, Reply(250, "ok"))]
    assert [each.envelope.ticket for each in desk.pipe.unfinished()] == [2]


@pytest.mark.parametrize("features", [PIPELINING, Features()])
def test_after_a_refusal_the_next_envelope_begins_with_a_reset(features: Features) -> None:
    desk = Desk(features)
    desk.begin(1)
    desk.hear(OK + b"550 no\r\n503 no\r\n" if features.pipelining else OK)
    if not features.pipelining:
        desk.hear(b"550 no\r\n")
    assert desk.told == [Refused(1, Reply(550, "no"))]
    assert desk.pipe.free
    assert desk.begin(2).startswith(b"RSET\r\n")
    assert desk.hear(OK + GO if features.pipelining else OK) == (
        b"" if features.pipelining else commands(2).split(b"\r\n")[0] + b"\r\n"
    )
    desk.hear(b"" if features.pipelining else OK)
    assert b"RSET" not in desk.begin(3) if desk.pipe.free else True


def test_a_reset_that_is_refused_gives_the_relay_up() -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(OK + b"450 later\r\n503 no\r\n")
    desk.begin(2)
    assert desk.break_off(b"500 what?\r\n").trouble


def test_a_relay_that_wants_a_text_for_nobody_gets_none() -> None:
    desk = Desk()
    desk.begin(1)
    assert desk.hear(OK + b"550 no\r\n354 go\r\n") == b".\r\n"
    assert not desk.pipe.free
    desk.hear(b"554 no valid recipients\r\n")
    assert desk.pipe.free
    assert desk.told == [Refused(1, Reply(550, "no"))]
    assert desk.begin(2) == commands(2), "the dot of no text has ended the transaction"


def test_a_refusal_tells_nothing_about_the_message_before_it() -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    desk.pipe.finish([TEXT], task(2), NOW)
    desk.hear(b"452 full\r\n" + OK + b"550 no\r\n554 no\r\n")
    assert desk.told == [Ready(1), Deferred(1, Reply(452, "full")), Refused(2, Reply(550, "no"))]


@pytest.mark.parametrize(
    ("answer", "smtputf8", "told"),
    [
        (b"552 5.3.4 too big", False, True),
        (b"550 5.3.4 too big", False, True),
        (b"452 4.3.1 no space", False, False),
        (b"550 5.6.7 no", False, False),
        (b"550 5.6.7 no", True, True),
        (b"553 no", True, True),
        (b"451 later", True, False),
        (b"530 log in", False, False),
    ],
)
def test_a_refused_mail_is_the_relays_trouble_unless_it_is_about_the_message(
    answer: bytes, smtputf8: bool, told: bool
) -> None:
    desk = Desk()
    desk.begin(1, smtputf8=smtputf8)
    if told:
        desk.hear(answer + b"\r\n503 no\r\n503 no\r\n")
        assert isinstance(desk.told[0], Refused)
        assert desk.pipe.free
    else:
        assert desk.break_off(answer + b"\r\n").trouble
        assert desk.told == []


def test_size_and_utf8_are_said_where_they_are_offered() -> None:
    desk = Desk(Features(pipelining=True, size=True, smtputf8=True))
    said = desk.begin(1, size=20480, smtputf8=True).decode()
    assert said.startswith("MAIL FROM:<tisk@kraj.example.org> SIZE=20480 BODY=8BITMIME SMTPUTF8\r\n")
    assert b"SIZE" not in Desk().begin(1, size=20480)


# Where the dot has not left yet, the relay cannot have the message.
def test_an_early_refusal_counts_and_ends_the_connection() -> None:
    for answer, told in ((b"552 big", Refused(1, Reply(552, "big"))), (b"452 full", Deferred(1, Reply(452, "full")))):
        desk = Desk()
        desk.begin(1)
        desk.hear(GO)
        desk.pipe.finish([TEXT], task(2), NOW)
        assert not desk.break_off(answer + b"\r\n", gone=len(commands(1))).trouble
        assert desk.told[1:] == [told]
        assert [each.envelope.ticket for each in desk.pipe.unfinished()] == [2]


@pytest.mark.parametrize("answer", [b"421 bye", b"250 ok", b"354 go"])
def test_an_early_answer_that_refuses_nothing_leaves_the_message_unsent(answer: bytes) -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    desk.pipe.finish([TEXT], None, NOW)
    assert desk.break_off(answer + b"\r\n", gone=len(commands(1) + TEXT) + 2).trouble
    assert isinstance(desk.told[1], Unsent)


@pytest.mark.parametrize(
    ("answer", "told", "trouble"),
    [
        (b"421 bye\r\n", [Deferred(1, Reply(421, "bye"))], True),
        (b"354 what\r\n", [Unknown(1, "354 what")], False),
        (b"perhaps\r\n", [], False),
    ],
)
def test_an_answer_to_the_dot_that_ends_the_connection(answer: bytes, told: list[Ticketed], trouble: bool) -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    desk.pipe.finish([TEXT], task(2), NOW)
    assert desk.break_off(answer).trouble == trouble
    assert desk.told[1:] == told
    assert (desk.pipe.dotted is not None) == (told == []), "whoever holds the connection tells the rest"


def test_nonsense_behind_an_acceptance_takes_nothing_back() -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    desk.pipe.finish([TEXT], task(2), NOW)
    assert desk.break_off(OK + b"perhaps\r\n").trouble
    assert desk.told[1:] == [Accepted(1, Reply(250, "ok"))]


def test_a_421_while_nothing_is_asked_is_no_trouble_and_one_after_354_is() -> None:
    assert not Desk().break_off(b"421 idle\r\n").trouble
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    assert desk.break_off(b"421 tired\r\n").trouble


def test_every_step_has_its_time() -> None:
    desk = Desk()
    assert desk.pipe.deadline == inf
    desk.begin(1)
    waits = [desk.pipe.deadline]
    for answer in (OK, OK):
        desk.hear(answer)
        waits.append(desk.pipe.deadline)
    assert [each - NOW for each in waits] == [300, 300, 120]
    desk.hear(b"354 go\r\n")
    assert desk.pipe.deadline == inf, "it is not the relay who is waited for"
    desk.pipe.finish([TEXT], task(2), NOW)
    assert desk.pipe.deadline - NOW == 180
    desk.pipe.sent(len(commands(1) + TEXT) + 2, NOW + 50)
    assert desk.pipe.deadline - NOW == 180, "the dot has not left"
    desk.pipe.sent(len(commands(1) + TEXT) + 3, NOW + 50)
    assert desk.pipe.deadline - NOW == 650
    desk.pipe.sent(EVERYTHING, NOW + 60)
    assert desk.pipe.deadline - NOW == 650, "what follows the dot gives its answer no more time"
    desk.hear(OK)
    assert desk.pipe.deadline - NOW == 300


def test_a_drop_of_an_answer_gives_no_more_time() -> None:
    desk = Desk()
    desk.begin(1)
    desk.pipe.heard(b"25", EVERYTHING, NOW + 100)
    assert desk.pipe.deadline - NOW == 300


def test_a_long_text_has_more_time() -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    desk.pipe.finish([b"x" * (3 << 20)], None, NOW)
    assert desk.pipe.deadline - NOW == 4 * 180


def test_an_abandoned_envelope_is_left_without_a_word() -> None:
    desk = Desk()
    left = task(1)
    desk.pipe.begin(left, NOW)
    assert desk.pipe.abandon(left), "the connection has to be closed"
    assert desk.pipe.unfinished() == []


def test_an_abandoned_envelope_waits_for_the_dot_before_it() -> None:
    desk = Desk()
    desk.begin(1)
    desk.hear(GO)
    left = task(2)
    desk.pipe.finish([TEXT], left, NOW)
    assert not desk.pipe.abandon(left)
    assert not desk.break_off(OK + GO).trouble
    assert desk.told[1:] == [Accepted(1, Reply(250, "ok"))]
    assert desk.pipe.unfinished() == []


def test_an_abandoned_envelope_that_was_not_begun_is_never_begun() -> None:
    desk = Desk(Features())
    desk.begin(1)
    for answer in (OK, OK, b"354 go\r\n"):
        desk.hear(answer)
    left = task(2)
    desk.pipe.finish([TEXT], left, NOW)
    assert not desk.pipe.abandon(left)
    assert desk.hear(OK) == b""
    assert desk.pipe.free


@pytest.mark.parametrize(
    ("sender", "recipient", "utf8", "offered", "bad"),
    [
        ("a@b.cz", "c@d.cz", False, False, False),
        ("", "c@d.cz", False, False, False),
        ("a@b.cz", "c@d.cz>\r\nRCPT TO:<e@f.cz", False, False, True),
        ("a@b.cz\n", "c@d.cz", False, False, True),
        ("a@b.cz", "c d@d.cz", False, False, True),
        ("a@b.cz", "<c@d.cz", False, False, True),
        ("a@b.cz", "č@d.cz", False, True, True),
        ("a@b.cz", "č@d.cz", True, False, True),
        ("a@b.cz", "č@d.cz", True, True, False),
        ("a@b.cz", "č\x85@d.cz", True, True, True),
        ("a@b.cz", "č\u2028@d.cz", True, True, True),
    ],
)
def test_no_address_becomes_a_command(sender: str, recipient: str, utf8: bool, offered: bool, bad: bool) -> None:
    found = objection(Envelope(1, sender, recipient, utf8), Features(smtputf8=offered))
    assert (found is not None) == bad
    if found is not None:
        assert found.code == 0
        assert "@" not in found.text
