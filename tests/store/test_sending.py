"""Sending a frozen audience through a real relay that misbehaves: what each answer makes of a row and of a mailing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay, Then
from tests.store.desk import at_work, begin, body_of, deliver, mailing, read, recorded, rows, states, told
from tests.store.sample import NOW, PRESS, add_people, address, office_with
from worker.audience.leaving import leave as leaving
from worker.audience.members import Addressed
from worker.delivery import backoff, doubtful, identity, mailings
from worker.delivery.freeze import freeze
from worker.drafting.digest import draft_digest, package_digest
from worker.errors import HlasatelError
from worker.jobs.deliver import Deliver
from worker.office import Office
from worker.record import events
from worker.store import tables
from worker.store.states import DeliveryState

MINUTE = timedelta(minutes=1)


def test_an_audience_is_frozen_each_person_once(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, "media-regionalni", [1, 2])
        add_people(tx, "obce", [2, 3])
    begin(office, 2, lists=("media", "obce"))
    with office.database.write() as tx:
        add_people(tx, "media-celostatni", [9])
    assert [row.address for row in rows(office)] == [address(1), address(2), address(3)]
    assert states(office) == ["queued"] * 3
    with office.database.write() as tx, pytest.raises(IntegrityError):
        draft = tx.execute(select(tables.drafts)).one()
        freeze(tx, office, PRESS, draft, Addressed(("media",)), NOW)


def test_an_empty_audience_is_done_and_said_aloud(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 0)
    deliver(office)
    assert mailing(office, number).state == "done"
    assert "mailing.empty" in recorded(office)
    assert told(office) == ["audience_empty"]
    assert relay.heard == []


def test_everybody_gets_one_mail_with_an_id_of_its_own(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 5)
    deliver(office)
    assert states(office) == ["sent"] * 5
    assert [each.recipient for each in relay.received] == [address(each) for each in range(1, 6)]
    heading = office.settings.mail_of("press-release")
    derived = identity.of_mailing(
        office.settings, number, mailing(office, number).key_id, mailing(office, number).domain
    )
    mails = [read(each) for each in relay.received]
    assert [mail["Message-ID"] for mail in mails] == [derived.message_id(row.recipient_id) for row in rows(office)]
    assert len({mail["Message-ID"] for mail in mails}) == 5
    for row, mail, wire in zip(rows(office), mails, relay.received, strict=True):
        token = derived.unsubscribe_token(row.recipient_id)
        assert mail["List-Unsubscribe"] == f"<{office.settings.base_url}/o/{token}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert (mail["To"], mail["Hlasatel-Occurrence"]) == (row.address, PRESS)
        assert office.people["tiskovy-mluvci"].email in mail["Reply-To"]
        assert f"<media.{heading.from_address.partition('@')[2]}>" in mail["List-Id"]
        assert mail["Date"].datetime == NOW
        assert wire.sender == heading.from_address
        assert body_of(mail).startswith("Dobrý den,\r\n\r\n.Zpráva\r\n")
        assert (row.code, row.reply, row.settled_at, row.copies, row.attempts) == (250, "queued", NOW, 1, 0)


def test_a_second_run_sends_nothing_twice(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 3)
    for day in (0, 1, 365):
        deliver(office, NOW + timedelta(days=day))
    assert len(relay.received) == 3
    assert (mailing(office, number).state, mailing(office, number).closed_at) == ("done", NOW)
    assert recorded(office).count("mailing.done") == 1


def test_the_greeting_is_the_recipients_own(office: Office, relay: ScriptedRelay) -> None:
    with office.database.write() as tx:
        add_people(tx, "media", [1])
        tx.execute(update(tables.recipients).values(greeting="Vážená <paní> @@unsubscribe@@,"))
    begin(office, 0)
    deliver(office)
    plain, html = (body_of(read(relay.received[0]), kind) for kind in ("plain", "html"))
    assert plain.startswith("Vážená <paní> @@unsubscribe@@,\r\n")
    assert "Vážená &lt;paní&gt; @@unsubscribe@@,<" in html


@pytest.mark.parametrize(("verb", "accept"), [("RCPT", "250 ok"), ("DATA", "354 go on"), ("DOT", "250 ok")])
def test_a_recipient_put_off_is_tried_again_later_and_nobody_waits_for_it(
    office: Office, relay: ScriptedRelay, verb: str, accept: str
) -> None:
    number = begin(office, 3)
    relay.answer(verb, accept, f"450 <{address(2)}> later")
    deliver(office)
    assert states(office) == ["sent", "retry", "sent"]
    row = rows(office)[1]
    assert (row.code, row.reply, row.attempts, row.due_at) == (450, "<<recipient>> later", 1, NOW + 5 * MINUTE)
    assert (row.first_try_at, row.settled_at, row.copies) == (NOW, None, 0)
    assert mailing(office, number).state == "sending"
    deliver(office, NOW + 4 * MINUTE)
    assert states(office)[1] == "retry"
    relay.answer(verb, "450 still")
    deliver(office, NOW + 5 * MINUTE)
    row = rows(office)[1]
    assert (row.attempts, row.due_at, row.first_try_at) == (2, NOW + 15 * MINUTE, NOW)
    deliver(office, NOW + 15 * MINUTE)
    assert states(office) == ["sent"] * 3
    assert mailing(office, number).state == "done"
    assert [len(relay.received_by(address(each))) for each in (1, 2, 3)] == [1, 1, 1]
    assert len({each.data for each in relay.offered if each.recipient == address(2)}) == 1, (
        "a repeat has the same bytes"
    )


def test_the_delay_doubles_up_to_a_cap() -> None:
    delays = [backoff.retry_at(NOW, attempts) - NOW for attempts in (0, 1, 2, 3, 6, 1000)]
    assert delays == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, backoff.MAX_BACKOFF, backoff.MAX_BACKOFF]


def test_a_clock_that_went_back_delays_nobody(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2)
    relay.answer("RCPT", "450 later", "421 busy")
    deliver(office)
    assert (states(office), mailing(office, number).state) == (["retry", "queued"], "paused")
    deliver(office, NOW - timedelta(days=400))
    assert states(office) == ["sent", "sent"]
    assert mailing(office, number).state == "done"


def test_a_clock_that_went_back_by_seconds_delays_nobody_who_waits_for_nothing(office: Office) -> None:
    begin(office, 2)
    deliver(office, NOW - timedelta(seconds=10))
    assert states(office) == ["sent", "sent"]


def test_who_is_put_off_for_days_is_given_up(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2)
    relay.answer_to(address(1), "450 later")
    now = NOW
    while states(office)[0] != "expired":
        deliver(office, now)
        now += timedelta(hours=12)
        assert now < NOW + timedelta(days=6)
    assert now - NOW >= timedelta(days=5)
    assert states(office) == ["expired", "sent"]
    assert mailing(office, number).state == "done"


@pytest.mark.parametrize("verb", ["RCPT", "DOT"])
@pytest.mark.parametrize("hang_up", [False, True], ids=["stays", "hangs up"])
def test_a_refused_recipient_is_failed_for_good_and_its_address_not_kept(
    office: Office, relay: ScriptedRelay, verb: str, hang_up: bool
) -> None:
    begin(office, 3)
    relay.answer(verb, Then(f"550 5.1.1 <{address(1)}>: unknown", hang_up=hang_up))
    deliver(office)
    assert states(office) == ["failed", "sent", "sent"]
    row = rows(office)[0]
    assert (row.code, row.reply, row.settled_at) == (550, "5.1.1 <<recipient>>: unknown", NOW)
    deliver(office, NOW + timedelta(days=2))
    assert len(relay.received) == 2
    with office.database.read() as tx:
        written = [
            *tx.execute(select(tables.events.c.data)).scalars(),
            *tx.execute(select(tables.deliveries.c.reply)).scalars(),
        ]
    assert not any("clovek-" in text for text in written)


TROUBLE = [
    ("CONNECT", "421 busy"),
    ("CONNECT", HANG_UP),
    ("MAIL", "550 who are you?"),
    ("RCPT", "421 busy"),
    ("DATA", HANG_UP),
    ("DOT", "421 busy"),
]


@pytest.mark.parametrize(("verb", "answer"), TROUBLE)
def test_the_relays_trouble_pauses_the_mailing_and_spends_nobodys_attempt(
    office: Office, relay: ScriptedRelay, verb: str, answer: str
) -> None:
    number = begin(office, 3)
    relay.answer(verb, answer)
    deliver(office)
    paused = mailing(office, number)
    assert (paused.state, paused.resume_at, paused.pauses) == ("paused", NOW + MINUTE, 1)
    assert paused.reason
    assert [(row.state, row.attempts, row.copies) for row in rows(office)] == [("queued", 0, 0)] * 3
    assert relay.received == []
    assert told(office) == ["mailing_paused"]
    deliver(office, NOW + MINUTE / 2)
    assert relay.received == []
    deliver(office, NOW + MINUTE)
    assert states(office) == ["sent"] * 3
    assert (mailing(office, number).state, mailing(office, number).reason) == ("done", "")
    assert recorded(office) == [
        "mailing.frozen",
        "mailing.paused",
        "mailing.resumed",
        "mailing.done",
        "occurrence.done",
    ]


def test_trouble_that_lasts_waits_longer_and_is_told_once(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2)
    relay.always("CONNECT", "421 busy")
    now, delays = NOW, []
    for _ in range(8):
        deliver(office, now)
        delays.append(mailing(office, number).resume_at - now)
        now = mailing(office, number).resume_at
    assert delays == [MINUTE * each for each in (1, 2, 4, 8, 16, 30, 30, 30)]
    assert told(office) == ["mailing_paused"]
    relay.accept_everything()
    relay.answer("RCPT", "250 ok", "421 busy")
    deliver(office, now)
    paused = mailing(office, number)
    assert (paused.state, paused.resume_at, states(office)) == ("paused", now + MINUTE, ["sent", "queued"])
    assert told(office) == ["mailing_paused"] * 2


def test_who_leaves_while_a_mailing_goes_out_gets_nothing_more(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 4)

    def third_leaves() -> None:
        with office.database.write() as tx:  # succeeds at once: no transaction of ours is open across the network
            token = identity.of_mailing(
                office.settings, number, mailing(office, number).key_id, "example.org"
            ).unsubscribe_token(rows(office)[2].recipient_id)
            found = leaving.find(tx, office.settings.secret_keys, token)
            assert found is not None and leaving.leave(tx, office, found, NOW)

    relay.answer("DOT", "250 ok", Then("250 ok", act=third_leaves))
    deliver(office)
    assert states(office) == ["sent", "sent", "suppressed", "sent"]
    assert relay.received_by(address(3)) == []
    assert (rows(office)[2].settled_at, rows(office)[2].copies) == (NOW, 0)
    assert mailing(office, number).state == "done"


def test_who_leaves_after_the_intent_still_gets_the_message_under_way(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 1)

    def leaves() -> None:
        with office.database.write() as tx:
            row = tx.execute(select(tables.deliveries)).one()
            found = leaving.Leaving(row.mailing_id, row.recipient_id, PRESS, ("media",))
            leaving.leave(tx, office, found, NOW)

    relay.answer("DOT", Then("250 ok", act=leaves))
    deliver(office)
    assert states(office) == ["sent"]


def test_many_refusals_put_the_brake_on(office: Office, relay: ScriptedRelay) -> None:
    careful = office_with(office, failure_min=4, failure_threshold=0.2)
    number = begin(careful, 40)
    relay.always("RCPT", "550 blocked")
    deliver(careful)
    stopped = mailing(careful, number)
    assert (stopped.state, stopped.resume_at) == ("paused", None)
    assert states(careful).count("failed") == 4
    assert states(careful).count("queued") == 36
    assert told(careful) == ["mailing_paused"]
    relay.accept_everything()
    deliver(careful, NOW + timedelta(days=1))
    assert relay.received == [], "only a person lets it go on"
    with careful.database.write() as tx:
        assert mailings.resume(tx, number, PRESS, NOW, "koordinator") is True
    deliver(careful, NOW + timedelta(days=1))
    assert states(careful).count("sent") == 36
    assert mailing(careful, number).state == "done"


def test_a_relay_that_never_confirms_puts_the_brake_on(office: Office, relay: ScriptedRelay) -> None:
    careful = office_with(office, failure_min=4, failure_threshold=0.2)
    number = begin(careful, 40)
    relay.always("DOT", HANG_UP)
    deliver(careful)
    assert mailing(careful, number).state == "paused"
    assert states(careful).count("unknown") == 4


def test_a_few_refusals_among_many_are_no_reason(office: Office, relay: ScriptedRelay) -> None:
    careful = office_with(office, failure_min=2, failure_threshold=0.2)
    number = begin(careful, 20)
    for each in (5, 15):
        relay.answer_to(address(each), "550 no such mailbox")
    deliver(careful)
    assert mailing(careful, number).state == "done"
    assert (states(careful).count("sent"), states(careful).count("failed")) == (18, 2)


def test_a_person_stops_a_mailing_from_the_next_message_on(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 4)

    def stop() -> None:
        with office.database.write() as tx:
            row = tx.execute(select(tables.mailings)).one()
            mailings.pause(tx, office, row, NOW, "dost", resumes=False, person="koordinator")

    relay.answer("DOT", "250 ok", Then("250 ok", act=stop))
    deliver(office)
    assert states(office) == ["sent", "sent", "queued", "queued"]
    assert (mailing(office, number).state, mailing(office, number).reason) == ("paused", "dost")
    assert told(office) == [], "who stopped it need not be told"


def test_told_to_stop_it_finishes_the_message_and_leaves_nothing_claimed(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 4)
    with at_work(office) as current:
        relay.answer("DOT", "250 ok", Then("250 ok", act=current.stopping.set))
        Deliver().do_one(current, NOW)
    assert states(office) == ["sent", "sent", "queued", "queued"]
    deliver(office)
    assert states(office) == ["sent"] * 4
    assert len(relay.received) == 4


def test_silence_after_the_dot_is_for_a_person_to_settle(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 3)
    relay.answer("DOT", "250 ok", HANG_UP)
    deliver(office)
    assert states(office) == ["sent", "unknown", "sent"]
    row = rows(office)[1]
    assert (row.code, row.copies, row.settled_at) == (0, 1, NOW)
    assert mailing(office, number).state == "done"
    assert told(office) == ["mailing_unknown"]
    deliver(office, NOW + timedelta(days=1))
    assert [len(relay.received_by(address(each))) for each in (1, 2, 3)] == [1, 0, 1]


def test_a_draft_that_cannot_be_sent_fails_no_recipient(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 3)
    with office.database.write() as tx:
        draft, subject = tx.execute(select(tables.drafts)).one(), "a\r\nBcc: x@example.org"
        digest = draft_digest(draft.kind, draft.channel, subject, draft.html, draft.text, draft.files)
        tx.execute(update(tables.drafts).values(subject=subject, digest=digest))
        tx.execute(update(tables.packages).values(digest=package_digest([digest], {}, NOW, {})))
    deliver(office)
    stopped = mailing(office, number)
    assert (stopped.state, stopped.resume_at) == ("paused", None)
    assert re.search(r"Subject.*\.$", stopped.reason)
    assert states(office) == ["queued"] * 3
    assert relay.heard == []


def test_a_mailing_keeps_its_key_through_a_rotation_and_says_when_it_is_gone(
    office: Office, relay: ScriptedRelay
) -> None:
    number = begin(office, 2)
    relay.answer("RCPT", "250 ok", "450 later")
    deliver(office)
    old = office.settings.given_keys
    rotated = replace(office, settings=replace(office.settings, given_keys=(b"a-new-key-of-32-characters-0001", *old)))
    deliver(rotated, NOW + 5 * MINUTE)
    assert states(office) == ["sent", "sent"]
    row = mailing(office, number)
    derived = identity.of_mailing(office.settings, number, row.key_id, row.domain)
    ids = [read(each)["Message-ID"] for each in relay.received]
    assert ids == [derived.message_id(row.recipient_id) for row in rows(office)]


def test_a_lost_key_stops_the_mailing_with_a_sentence(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2)
    lost = replace(office, settings=replace(office.settings, given_keys=(b"a-new-key-of-32-characters-0001",)))
    deliver(lost)
    assert mailing(office, number).state == "paused"
    assert mailing(office, number).key_id in mailing(office, number).reason
    assert relay.heard == []
    deliver(office)
    assert states(office) == ["queued", "queued"]


def test_the_record_tells_the_end_by_numbers(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 4)
    relay.answer_to(address(2), "550 no")
    relay.answer("DOT", HANG_UP)
    deliver(office)
    with office.database.read() as tx:
        done = events.of_occurrence(tx, PRESS)[-2]
        assert events.first_broken(tx) is None
    assert done.kind == "mailing.done"
    assert {key: value for key, value in done.data.items() if key != "mailing"} == {
        "audience": 4,
        "sent": 2,
        "failed": 1,
        "unknown": 1,
        "expired": 0,
        "suppressed": 0,
    }


@pytest.mark.parametrize(
    ("new", "copies"), [(DeliveryState.SENT, 0), (DeliveryState.FAILED, 0), (DeliveryState.QUEUED, 1)]
)
def test_a_person_settles_what_is_unknown(
    office: Office, relay: ScriptedRelay, new: DeliveryState, copies: int
) -> None:
    number = begin(office, 2)
    relay.answer("DOT", HANG_UP)
    deliver(office)
    later = NOW + timedelta(hours=1)
    with office.database.write() as tx:
        assert [row.address for row in doubtful.unknown(tx)] == [address(1)]
        assert doubtful.settle(tx, PRESS, address(1), new, later, "koordinator") == 1
        assert doubtful.unknown(tx) == []
    row = rows(office)[0]
    assert (row.state, row.settled_at) == (new, None if new is DeliveryState.QUEUED else later)
    deliver(office, later)
    assert len(relay.received_by(address(1))) == copies
    assert states(office) == [new if copies == 0 else "sent", "sent"]
    assert mailing(office, number).state == "done"
    assert "mailing.settled" in recorded(office)


def test_what_is_not_unknown_cannot_be_settled(office: Office) -> None:
    begin(office, 1)
    deliver(office)
    for who in (address(1), address(2)):
        with office.database.write() as tx, pytest.raises(HlasatelError, match="delivery unknown"):
            doubtful.settle(tx, PRESS, who, DeliveryState.FAILED, NOW, "koordinator")
    assert states(office) == ["sent"]
