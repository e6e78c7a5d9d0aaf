"""What comes back of a mailing through a real Maildir: whom it is about, what it changes, and what it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.fixtures import returned
from tests.fixtures.returned import BOUNCE_ADDRESS, answer, complaint, dsn, words
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, begin, body_of, deliver, mailing, notices_to, read, recorded, rows, told
from tests.store.sample import NOW
from worker.audience.bounces import taking, token
from worker.audience.bounces.status import Sort
from worker.audience.members import Addressed, audience
from worker.delivery import identity
from worker.jobs.note_refusals import NoteRefusals
from worker.jobs.read_inbox import ReadInbox
from worker.jobs.send_notices import SendNotices
from worker.office import Office
from worker.settings import Inbox
from worker.store.tables import bounces, deliveries, mailings, recipients, suppressions

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def returning(office: Office, tmp_path: Path) -> Office:
    """An office whose mailings have envelope senders of their own."""
    box = tmp_path / "posta"
    for folder in ("new", "cur", "tmp"):
        (box / folder).mkdir(parents=True)
    inbox = Inbox(maildir=box, address="odpovedi@liberecky-kraj.example.org", bounce_address=BOUNCE_ADDRESS)
    return replace(office, settings=replace(office.settings, inbox=inbox))


def came(office: Office, *mails: bytes, at: datetime = LATER) -> None:
    """These mails arrive and are taken in."""
    assert office.settings.inbox is not None and office.settings.inbox.maildir is not None
    for number, data in enumerate(mails):
        (office.settings.inbox.maildir / "new" / f"17645799{number:02}.M1P2.posta").write_bytes(data)
    with at_work(office, at) as current:
        while ReadInbox().do_one(current, at):
            pass


def left_in(office: Office) -> int:
    """How many mails are still in the mailbox."""
    assert office.settings.inbox is not None and office.settings.inbox.maildir is not None
    return sum(1 for folder in ("new", "cur") for _ in (office.settings.inbox.maildir / folder).iterdir())


def sender_of(office: Office, number: int = 0) -> tuple[str, str]:
    """The envelope sender of a delivery, by recipient, and its address."""
    row = rows(office)[number]
    derived = identity.of_mailing(office.settings, row.mailing_id, mailing(office, row.mailing_id).key_id, "x")
    return token.senders(derived.key, row.mailing_id, BOUNCE_ADDRESS)(row.recipient_id), row.address


def known(office: Office) -> list[tuple[str, str]]:
    """What is noted of bounces: sort and status, oldest first."""
    with office.database.read() as tx:
        found = select(bounces.c.sort, bounces.c.status).order_by(bounces.c.id)
        return [(row.sort, row.status) for row in tx.execute(found)]


def suppressed(office: Office) -> list[str]:
    with office.database.read() as tx:
        return [row.suppressed for row in tx.execute(select(recipients).order_by(recipients.c.id)) if row.suppressed]


def on_the_list(office: Office, at: datetime = LATER) -> int:
    with office.database.read() as tx:
        return len(tx.execute(audience(office, Addressed(("media",)), at)).all())


@pytest.mark.both
def test_a_bounce_of_a_dead_address_ends_writing_to_it(returning: Office, relay: ScriptedRelay) -> None:
    begin(returning, 3)
    deliver(returning)
    senders = [each.sender for each in relay.received]
    assert len(set(senders)) == 3 and all(each.startswith("vracene+") for each in senders)
    came(returning, dsn(senders[0], relay.received[0].recipient))
    assert known(returning) == [("hard", "5.1.1")]
    assert suppressed(returning) == ["bounce"]
    assert on_the_list(returning) == 2
    assert {row.state for row in rows(returning)} == {"sent"}, "a bounce is a fact beside the state"
    assert left_in(returning) == 0


def test_without_a_bounce_address_mails_leave_under_their_from(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 1)
    deliver(office)
    assert [each.sender for each in relay.received] == ["tiskove@liberecky-kraj.example.org"]


@pytest.mark.both
def test_the_same_bounce_counts_once(returning: Office) -> None:
    begin(returning, 3)
    deliver(returning)
    to, address = sender_of(returning)
    came(returning, dsn(to, address), dsn(to, address), dsn(to, address, said="550 5.1.1 said otherwise"))
    assert known(returning) == [("hard", "5.1.1")]


def test_a_forged_bounce_changes_nothing(returning: Office) -> None:
    begin(returning, 3)
    deliver(returning)
    to, address = sender_of(returning)
    local, _, domain = to.partition("@")
    guesses = [
        f"vracene@{domain}",
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        f"vracene+{'a' * 26}@{domain}",
        f"vracene+@{domain}",
        f"{local}x@{domain}",
        f"{local}@jinde.example.net",
    ]
    came(returning, *(dsn(each, address) for each in guesses))
    assert known(returning) == [] and suppressed(returning) == []
    assert left_in(returning) == len(guesses), "a person may look at them"


@pytest.mark.parametrize("configured", [True, False])
def test_a_token_of_another_key_is_not_believed(returning: Office, configured: bool) -> None:
    number = begin(returning, 1)
    row, other = rows(returning)[0], b"some other key of the same office"
    sender = token.senders(other, number, BOUNCE_ADDRESS)(row.recipient_id)
    keys = (*returning.settings.given_keys, other) if configured else returning.settings.given_keys
    came(replace(returning, settings=replace(returning.settings, given_keys=keys)), dsn(sender, row.address))
    assert known(returning) == []


def test_a_mailing_of_before_a_change_of_keys_is_still_known(returning: Office) -> None:
    begin(returning, 1)
    to, address = sender_of(returning)
    keys = (b"the new key of the same office", *returning.settings.given_keys)
    came(replace(returning, settings=replace(returning.settings, given_keys=keys)), dsn(to, address))
    assert known(returning) == [("hard", "5.1.1")]


def test_a_server_may_fold_the_case_of_the_address(returning: Office) -> None:
    begin(returning, 1)
    to, address = sender_of(returning)
    came(returning, dsn(to.upper(), address))
    assert known(returning) == [("hard", "5.1.1")]


@pytest.mark.both
@pytest.mark.parametrize("state", ["sending"])
def test_a_bounce_that_comes_before_its_deliverys_own_commit_is_not_lost(returning: Office, state: str) -> None:
    begin(returning, 1)
    with returning.database.write() as tx:
        tx.execute(update(deliveries).values(state=state))
    to, address = sender_of(returning)
    came(returning, dsn(to, address))
    assert known(returning) == [("hard", "5.1.1")] and suppressed(returning) == ["bounce"]
    assert [row.state for row in rows(returning)] == [state]


@pytest.mark.parametrize(
    ("status", "said", "sort", "taken_off"),
    [
        ("5.1.10", "556 no", "hard", ["bounce"]),
        ("5.7.1", "550 5.7.1 blocked", "ours", []),
        ("4.2.2", "452 full", "soft", []),
    ],
)
def test_what_a_status_means(returning: Office, status: str, said: str, sort: str, taken_off: list[str]) -> None:
    begin(returning, 3)
    deliver(returning)
    came(returning, dsn(*sender_of(returning), status, said))
    assert known(returning) == [(sort, status)]
    assert suppressed(returning) == taken_off
    assert told(returning) == (["bounces_ours"] if sort == "ours" else [])


@pytest.mark.parametrize("action", ["delayed", "relayed"])
def test_what_is_no_failure_is_ignored(returning: Office, action: str) -> None:
    begin(returning, 3)
    deliver(returning)
    came(returning, dsn(*sender_of(returning), "4.4.1", "still trying", action=action))
    assert known(returning) == [] and left_in(returning) == 0


def full(office: Office, times: int, apart: timedelta, start: datetime = LATER) -> None:
    """A full mailbox, met by one mailing after the other."""
    with office.database.read() as tx:
        one = tx.execute(select(deliveries.c.mailing_id, deliveries.c.recipient_id)).first()
        assert one is not None
        first = token.delivery(tx, *one)
    assert first is not None
    for number in range(times):
        with office.database.write() as tx:
            taking.act(tx, office, first, Sort.SOFT, "5.2.2", start + number * apart)


def soft_of(office: Office) -> int:
    with office.database.read() as tx:
        return tx.execute(select(recipients.c.soft_bounces).order_by(recipients.c.id)).scalars().first() or 0


@pytest.mark.both
def test_a_full_mailbox_is_given_up_only_when_it_stays_full(returning: Office) -> None:
    begin(returning, 1)
    full(returning, taking.SOFT_MOST - 1, 3 * DAY)
    assert suppressed(returning) == [] and soft_of(returning) == taking.SOFT_MOST - 1
    full(returning, 1, DAY, LATER + 20 * DAY)
    assert suppressed(returning) == ["bounce"]


def test_failures_for_now_are_forgotten_with_time(returning: Office) -> None:
    begin(returning, 1)
    full(returning, 20, taking.FADES)
    assert suppressed(returning) == [] and soft_of(returning) == 1


def test_a_full_mailbox_counts_once_a_day_however_many_mailings_meet_it(returning: Office) -> None:
    begin(returning, 1)
    full(returning, 20, timedelta(minutes=10))
    assert suppressed(returning) == [] and soft_of(returning) == 1


def test_a_clock_that_went_back_forgets_nothing_and_counts_no_more(returning: Office) -> None:
    begin(returning, 1)
    full(returning, 1, DAY)
    full(returning, 1, DAY, LATER - 400 * DAY)
    assert soft_of(returning) == 1


@pytest.mark.parametrize("way", ["envelope", "unsubscribe", "own address"])
def test_a_complaint_ends_writing_to_whoever_complains(returning: Office, relay: ScriptedRelay, way: str) -> None:
    begin(returning, 3)
    deliver(returning)
    to, _ = sender_of(returning)
    sent = read(next(each for each in relay.received if each.sender == to))
    header = f"From: x@example.org\r\nList-Unsubscribe: {sent['List-Unsubscribe']}\r\n" if way == "unsubscribe" else ""
    report = complaint(
        to if way == "own address" else "stiznosti@liberecky-kraj.example.org",
        header or "From: x@example.org\r\n",
        mail_from=to if way == "envelope" else "",
    )
    came(returning, report)
    assert known(returning) == [("complaint", "")] and suppressed(returning) == ["complaint"]


def test_a_complaint_that_proves_nothing_changes_nothing(returning: Office) -> None:
    begin(returning, 3)
    to, address = sender_of(returning)
    header = f"To: {address}\r\nList-Unsubscribe: <https://urad.example.org/o/{'A' * 22}>\r\n"
    came(returning, complaint("stiznosti@liberecky-kraj.example.org", header, mail_from=to.replace("+", "+a")))
    assert known(returning) == [] and suppressed(returning) == [] and left_in(returning) == 1


def test_praise_is_no_complaint(returning: Office) -> None:
    begin(returning, 3)
    to, _ = sender_of(returning)
    came(returning, complaint(to, "From: x@example.org\r\n", feedback="not-spam"))
    assert known(returning) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied", "Return_Path": "<>"},
        {"X_Autoreply": "yes", "In_Reply_To": ""},
        {"Auto_Submitted": "auto-replied", "In_Reply_To": "", "Return_Path": "<>"},
    ],
)
def test_whoever_is_out_of_office_stays_on_the_list(returning: Office, headers: dict[str, str]) -> None:
    begin(returning, 3)
    to, address = sender_of(returning)
    text = f"Do 10. 12. jsem mimo kancelář. {address} is not available; the user is no longer in this office."
    came(returning, answer(to, text, **headers))
    assert known(returning) == [] and suppressed(returning) == [] and told(returning) == []
    assert left_in(returning) == 0


@pytest.mark.both
def test_a_persons_answer_reaches_whom_the_mailing_named(returning: Office, relay: ScriptedRelay) -> None:
    begin(returning, 3)
    deliver(returning)
    to, address = sender_of(returning)
    came(returning, answer(to, "Dobrý den, kdy bude další číslo?\r\n\r\n> Zpravodaj"))
    (notice,) = notices_to(returning, "tiskovy-mluvci", "answer_passed_on")
    assert address not in str(notice.data), "an address does not wait in the queue"
    with at_work(returning, LATER) as current:
        SendNotices().do_one(current, LATER)
    text = body_of(read(relay.received[-1]))
    assert "Dobrý den, kdy bude další číslo?" in text and address in text
    assert known(returning) == [("reply", "")] and suppressed(returning) == []


QUOTED = (
    "Proč mi tohle chodí?\r\n\r\nUndelivered Mail Returned to Sender\r\n"
    "The following address(es) failed:\r\n\r\n  {address}\r\n    550 5.1.1 User unknown\r\n"
)


@pytest.mark.parametrize("headers", [{}, {"In_Reply_To": ""}])
def test_an_answer_that_quotes_a_bounce_is_no_bounce(returning: Office, headers: dict[str, str]) -> None:
    begin(returning, 3)
    to, address = sender_of(returning)
    came(returning, answer(to, QUOTED.format(address=address), **headers))
    assert known(returning) == [("reply", "")] and suppressed(returning) == []


def test_one_person_cannot_flood_another_with_answers(returning: Office) -> None:
    begin(returning, 3)
    to, _ = sender_of(returning)
    came(returning, *(answer(to, f"Odpověď {number}") for number in range(8)))
    assert len(notices_to(returning, "tiskovy-mluvci", "answer_passed_on")) == 5
    assert left_in(returning) == 3


def test_words_alone_prove_only_what_they_say_of_this_address(returning: Office) -> None:
    begin(returning, 3)
    text = "Hi. This is the qmail-send program.\r\n\r\n<{address}>:\r\nNo mailbox here by that name. (#5.1.1)\r\n"
    (own, address), (other, _) = sender_of(returning, 0), sender_of(returning, 1)
    came(returning, words(own, text.format(address=address)), words(other, text.format(address="jiny@example.net")))
    assert known(returning) == [("hard", "5.1.1"), ("soft", "5.1.1")]
    assert suppressed(returning) == ["bounce"]


def test_a_new_address_is_not_blamed_for_the_old_one(returning: Office) -> None:
    begin(returning, 1)
    to, address = sender_of(returning)
    with returning.database.write() as tx:
        tx.execute(update(recipients).values(address="nova@example.org"))
    came(returning, dsn(to, address))
    assert suppressed(returning) == []
    with returning.database.read() as tx:
        assert tx.execute(select(suppressions.c.reason)).scalars().all() == ["bounce"], "the old one stays dead"


def test_of_whoever_was_erased_nothing_is_kept(returning: Office) -> None:
    begin(returning, 1)
    to, address = sender_of(returning)
    with returning.database.write() as tx:
        tx.execute(update(deliveries).values(address=""))
        tx.execute(update(recipients).values(address="1@erased.invalid"))
    came(returning, dsn(to, address))
    assert suppressed(returning) == []
    with returning.database.read() as tx:
        assert tx.execute(select(suppressions)).all() == []


def storm(office: Office, people: int, back: int) -> None:
    begin(office, people)
    deliver(office)
    came(office, *(dsn(*sender_of(office, number)) for number in range(back)))


@pytest.mark.both
def test_a_storm_after_the_last_mail_is_told_once_and_takes_nobody_else_off(returning: Office) -> None:
    storm(returning, 40, 14)
    assert len(known(returning)) == 14, "all are noted"
    assert len(suppressed(returning)) == 9, "none from the tenth on, which makes it a storm"
    assert told(returning).count("bounces_many") == 1
    assert recorded(returning).count("mailing.storm") == 1


def test_a_storm_pauses_what_is_still_going_out(returning: Office, relay: ScriptedRelay) -> None:
    number = begin(returning, 40)
    deliver(returning)
    with returning.database.write() as tx:  # as if the last slice were still under way
        tx.execute(update(mailings).values(state="sending", closed_at=None))
    came(returning, *(dsn(*sender_of(returning, each), "5.7.1", "550 blocked") for each in range(12)))
    assert mailing(returning, number).state == "paused"
    assert mailing(returning, number).resume_at is None, "a person must look"
    assert told(returning) == ["bounces_ours", "mailing_paused"]
    assert suppressed(returning) == []


def test_few_bounces_are_no_storm(returning: Office) -> None:
    storm(returning, 60, 11)
    assert len(suppressed(returning)) == 11 and "mailing.storm" not in recorded(returning)


def test_what_cannot_be_read_as_mail_stops_nothing(returning: Office) -> None:
    begin(returning, 3)
    to, address = sender_of(returning)
    nested = returned.dsn(to, "a" * 5000 + "@example.org", "5.1.1" * 1000, "x" * 100_000)
    empty = f"Return-Path: <>\r\nTo: {to}\r\n\r\n".encode() + b"\r\n-" * 40_000
    came(returning, nested, empty, b"\0" * 5000, dsn(to, address))
    assert ("hard", "5.1.1") in known(returning)


def test_no_address_is_told_in_words_that_others_get(returning: Office) -> None:
    begin(returning, 3)
    to, address = sender_of(returning)
    came(returning, dsn(to, address, "5.7.1", f"550 5.7.1 <{address}> rejects {BOUNCE_ADDRESS}: blocked"))
    (notice,) = notices_to(returning, "koordinator", "bounces_ours")
    assert "@" not in str(notice.data) and "blocked" in notice.data["reason"]


def refuse(office: Office, relay: ScriptedRelay, people: int, answers: list[str]) -> None:
    """A mailing of which the relay itself refuses the first few."""
    begin(office, people)
    for row, reply in zip(rows(office), answers, strict=False):
        relay.answer_to(row.address, reply)
    deliver(office)
    with at_work(office, LATER) as current:
        while NoteRefusals().do_one(current, LATER):
            pass


@pytest.mark.both
def test_whom_the_relay_refuses_came_back_at_once(office: Office, relay: ScriptedRelay) -> None:
    refuse(office, relay, 5, ["550 5.1.1 User unknown", "550 5.7.1 blocked", "552 5.2.2 full"])
    assert known(office) == [("hard", "5.1.1"), ("ours", "5.7.1"), ("soft", "5.2.2")]
    assert suppressed(office) == ["bounce"] and on_the_list(office) == 4
    with at_work(office, LATER) as current:
        assert not NoteRefusals().do_one(current, LATER), "once"


def test_a_relay_that_refuses_everybody_takes_nobody_off_the_lists(office: Office, relay: ScriptedRelay) -> None:
    refuse(office, relay, 12, ["550 5.1.1 User unknown"] * 12)
    with office.database.write() as tx:
        tx.execute(update(mailings).values(state="done", refusals_at=None))
    with at_work(office, LATER) as current:
        while NoteRefusals().do_one(current, LATER):
            pass
    assert len(known(office)) >= 10 and suppressed(office) == []


def test_who_was_refused_counts_once_for_the_brake(returning: Office, relay: ScriptedRelay) -> None:
    refuse(returning, relay, 40, ["550 5.1.1 User unknown"] * 5)
    came(returning, *(dsn(*sender_of(returning, number)) for number in range(5, 9)))
    assert "mailing.storm" not in recorded(returning) and len(suppressed(returning)) == 9
