"""The mailbox read over IMAP from a real Dovecot: a mail is deleted after its commit, and nobody waits for a server."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from tests.fixtures.dovecot import Dovecot, dovecot_running
from tests.fixtures.returned import BOUNCE_ADDRESS, answer, dsn
from tests.store.desk import at_work, begin, notices_to
from tests.store.sample import NOW
from tests.store.test_bounces import known, sender_of, suppressed
from worker.clock import shift
from worker.inbox.imap import Settled, look
from worker.inbox.maildir import AT_ONCE, MOST_BYTES
from worker.jobs.read_imap import ReadImap
from worker.office import Office
from worker.settings import Inbox
from worker.settings.imap import ImapBox
from worker.store.tables import incoming
from worker.times import Clock

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with dovecot_running() as server:
        yield server


@pytest.fixture
def folder(dovecot: Dovecot) -> ImapBox:
    """A folder of the account that no other test has."""
    name = f"test-{next(NUMBERS)}"
    from imap_tools import MailBoxUnencrypted

    box = dovecot.box(folder=name)
    with MailBoxUnencrypted(box.host, box.port).login(box.user, box.password) as mailbox:
        mailbox.folder.create(name)
    return box


@pytest.fixture
def reading(office: Office, folder: ImapBox) -> Office:
    """An office that reads that folder and has begun a mailing to three people."""
    inbox = Inbox(address="odpovedi@liberecky-kraj.example.org", bounce_address=BOUNCE_ADDRESS)
    reading = replace(office, settings=replace(office.settings, inbox=inbox, imap=folder))
    begin(reading, 3)
    return reading


def arrive(box: ImapBox, *mails: bytes) -> None:
    from imap_tools import MailBoxUnencrypted

    with MailBoxUnencrypted(box.host, box.port).login(box.user, box.password) as mailbox:
        for data in mails:
            mailbox.append(data, box.folder)


def there(box: ImapBox) -> list[bool]:
    """The mails in the folder: whether each is marked as seen."""
    from imap_tools import MailBoxUnencrypted

    with MailBoxUnencrypted(box.host, box.port).login(box.user, box.password, box.folder) as mailbox:
        return [r"\Seen" in each.flags for each in mailbox.fetch(mark_seen=False)]


def work(office: Office) -> None:
    """What a command that ends after one round does of it."""
    job = ReadImap()
    with shift(office, Clock.real(), "tests") as current:
        for _ in range(1000):
            if not job.do_one(current, current.clock.now()) and not job.wait(current):
                return
    raise AssertionError("it never came to an end")


def taken_in(office: Office) -> int:
    with office.database.read() as tx:
        return tx.execute(select(func.count()).select_from(incoming)).scalar_one()


def test_a_bounce_is_taken_in_and_deleted_and_what_is_not_ours_stays(reading: Office, folder: ImapBox) -> None:
    to, address = sender_of(reading)
    arrive(folder, dsn(to, address), answer("nekdo@example.org", "To sem nepatří.", In_Reply_To=""))
    work(reading)
    assert known(reading) == [("hard", "5.1.1")] and suppressed(reading) == ["bounce"]
    assert there(folder) == [True]
    work(reading)
    assert taken_in(reading) == 2, "what was seen is not looked at again"


def test_many_are_taken_in_by_one_round(reading: Office, folder: ImapBox) -> None:
    to, address = sender_of(reading)
    arrive(folder, *(dsn(to, address, said=f"550 5.1.1 {number}") for number in range(AT_ONCE + 5)))
    work(reading)
    assert taken_in(reading) == AT_ONCE + 5 and there(folder) == []
    assert known(reading) == [("hard", "5.1.1")]


def test_a_mail_whose_commit_fails_stays_and_is_taken_in_later(reading: Office, folder: ImapBox) -> None:
    arrive(folder, dsn(*sender_of(reading)))
    sqlite = reading.database.is_sqlite
    breaking = (
        "CREATE TRIGGER broken BEFORE INSERT ON incoming BEGIN SELECT RAISE(ABORT, 'no'); END"
        if sqlite
        else "ALTER TABLE incoming ADD CONSTRAINT broken CHECK (false) NOT VALID"
    )
    with reading.database.write() as tx:
        tx.execute(text(breaking))
    try:
        with pytest.raises(SQLAlchemyError):
            work(reading)
    finally:
        with reading.database.write() as tx:
            tx.execute(text("DROP TRIGGER broken" if sqlite else "ALTER TABLE incoming DROP CONSTRAINT broken"))
    assert there(folder) == [False] and known(reading) == []
    work(reading)
    assert there(folder) == [] and known(reading) == [("hard", "5.1.1")]


def test_a_mail_that_was_committed_and_not_deleted_is_not_taken_in_twice(reading: Office, folder: ImapBox) -> None:
    to, _ = sender_of(reading)
    arrive(folder, answer(to, "Kdy bude další číslo?"))
    with shift(reading, Clock.real(), "tests") as current:  # killed between the commit and the deletion
        for _ in range(3):
            ReadImap().do_one(current, current.clock.now())
            current.imap.wait(Event())
            if taken_in(reading):
                break
    assert there(folder) == [False]
    work(reading)
    assert there(folder) == [] and len(notices_to(reading, "tiskovy-mluvci", "answer_passed_on")) == 1


def test_with_a_time_that_somebody_made_up_no_mailbox_is_touched(reading: Office, folder: ImapBox) -> None:
    arrive(folder, dsn(*sender_of(reading)))
    with at_work(reading, NOW) as current:
        assert not ReadImap().do_one(current, NOW) and not ReadImap().wait(current)
    assert there(folder) == [False]


def test_a_server_that_is_not_there_is_told_once_a_day_and_keeps_nobody_waiting(reading: Office) -> None:
    away = replace(reading, settings=replace(reading.settings, imap=ImapBox("127.0.0.1", 1, "a", "secret", tls="none")))
    work(away)
    work(away)
    (notice,) = notices_to(away, "koordinator", "inbox_unreadable")
    assert notice.data["maildir"] == "127.0.0.1:1" and "secret" not in str(notice.data)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_is_looked_at(dovecot: Dovecot, tls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(dovecot.box(tls=tls), Settled()).trouble == "TLS: CERTIFICATE_VERIFY_FAILED"
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.authority))
    assert look(dovecot.box(tls=tls), Settled()).trouble is None


def test_a_wrong_password_is_said_without_it(dovecot: Dovecot) -> None:
    found = look(dovecot.box(password="not-this"), Settled())
    assert found.trouble is not None and "not-this" not in found.trouble and "hlasatel" not in found.trouble


def test_of_a_large_mail_only_the_beginning_is_read(folder: ImapBox) -> None:
    large = answer("a@example.org", "x" * 70 + "\r\n")[:-2] + b"\r\n" + b"y" * 70 * (MOST_BYTES // 60)
    arrive(folder, large, large[:-1] + b"z")
    first, second = look(folder, Settled()).mails
    assert len(first.data) == MOST_BYTES == len(second.data)


def test_numbers_of_another_life_of_the_folder_delete_nothing(folder: ImapBox) -> None:
    arrive(folder, answer("a@example.org", "První."))
    (mail,), validity = (found := look(folder, Settled())).mails, found.validity
    assert validity is not None
    look(folder, Settled(validity + 1, done=[mail.uid]))
    assert there(folder) == [False]
    look(folder, Settled(validity, done=[mail.uid]))
    assert there(folder) == []


def test_a_round_waits_for_no_server(reading: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as deaf:  # it lets in and never answers
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        silent = ImapBox("127.0.0.1", deaf.getsockname()[1], "a", "b", tls="none")
        office = replace(reading, settings=replace(reading.settings, imap=silent))
        with shift(office, Clock.real(), "tests") as current:
            began = time.monotonic()
            for _ in range(20):
                assert not ReadImap().do_one(current, datetime.now(UTC))
            assert time.monotonic() - began < 1
            current.stopping.set()
            assert not ReadImap().wait(current), "and whoever is told to stop stops"
