"""Leaving by the mail address in List-Unsubscribe: over a real relay out, through a real Maildir back in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, begin, deliver, recorded
from tests.store.sample import NOW
from tests.unit.inbox.letters import bounce, mail
from worker.jobs.read_inbox import ReadInbox
from worker.office import Office
from worker.settings import Inbox
from worker.store.tables import departures

BASE = "https://komunikace.krajsky-urad-libereckeho-kraje.example.org/zpravy-a-novinky-kraje"
ADDRESS = "hlasatel+odpovedi@liberecky-kraj.example.org"


@pytest.fixture
def answering(office: Office, tmp_path: Path) -> Office:
    """An office with a mailbox for answers and a long address of its pages."""
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "posta" / folder).mkdir(parents=True)
    inbox = Inbox(maildir=tmp_path / "posta", address=ADDRESS)
    return replace(office, settings=replace(office.settings, base_url=BASE, inbox=inbox))


def offered(relay: ScriptedRelay, number: int = 0) -> re.Match[bytes]:
    """The header as it is on the wire, with its two addresses."""
    head = relay.received[number].data.partition(b"\r\n\r\n")[0] + b"\r\n"
    found = re.search(rb"\r\nList-Unsubscribe: <(https://[^\r\n]+)>, <(mailto:[^\r\n]+)>\r\n", head)
    assert found is not None, head.decode()
    return found


def box_of(office: Office) -> Path:
    assert office.settings.inbox is not None and office.settings.inbox.maildir is not None
    return office.settings.inbox.maildir


def leaves(office: Office, subject: str, name: str = "1", **given: str) -> list[str]:
    """A mail with that subject arrives and is read; what stays in the mailbox."""
    box = box_of(office)
    letter = mail("", about="", subject=subject, sender="Jan <jan@jinde.example.org>", **given)
    (box / "new" / name).write_bytes(letter)
    with at_work(office) as current:
        ReadInbox().do_one(current, NOW)
    return sorted(str(each.relative_to(box)) for each in box.glob("*/*"))


def left(office: Office) -> list[tuple[int, str]]:
    with office.database.read() as tx:
        found = tx.execute(select(departures).order_by(departures.c.recipient_id))
        return [(row.recipient_id, row.list_id) for row in found]


def test_both_ways_stand_on_one_line_of_plain_bytes(answering: Office, relay: ScriptedRelay) -> None:
    begin(answering, 2)
    deliver(answering)
    for number in (0, 1):
        whole = offered(relay, number)
        assert b"=?" not in whole[0] and len(whole[0]) <= 998 + 2 * len(b"\r\n")
        assert relay.received[number].data.count(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") == 1
        token = whole[1].rpartition(b"/")[2]
        assert whole[1] == f"{BASE}/o/".encode() + token and len(token) == 22
        to = urlsplit(whole[2].decode())
        assert unquote(to.path) == ADDRESS
        assert parse_qs(to.query) == {"subject": [f"odhlasit-{token.decode()}"]}
    assert offered(relay, 0)[0] != offered(relay, 1)[0]


def test_a_mail_to_it_leaves_once_whoever_or_whatever_sends_it(answering: Office, relay: ScriptedRelay) -> None:
    begin(answering, 3)
    deliver(answering)
    subjects = [parse_qs(urlsplit(offered(relay, each)[2].decode()).query)["subject"][0] for each in range(3)]
    assert leaves(answering, subjects[0], Auto_Submitted="auto-generated", Precedence="bulk") == []
    assert leaves(answering, f"Re: {subjects[1]}", Return_Path="<>") == []
    assert leaves(answering, subjects[0], "2", message_id="<znovu@posta.example.org>") == []
    assert left(answering) == [(1, "media"), (2, "media")]
    assert recorded(answering).count("list.left") == 2


def test_a_wrong_token_changes_nothing_and_waits_for_a_person(answering: Office, relay: ScriptedRelay) -> None:
    begin(answering, 1)
    deliver(answering)
    token = offered(relay)[1].rpartition(b"/")[2].decode()
    wrong = (f"odhlasit-{token.swapcase()}", f"odhlasit-{token}A", f"odhlasit-{token[:-1]}", f"neodhlasit-{token}")
    for number, subject in enumerate(wrong):
        leaves(answering, subject, f"17645799{number:02}.M1P2.posta", message_id=f"<{number}@posta.example.org>")
    assert left(answering) == []
    assert "list.left" not in recorded(answering)


def test_a_report_that_repeats_the_subject_leaves_nothing(answering: Office, relay: ScriptedRelay) -> None:
    begin(answering, 1)
    deliver(answering)
    subject = f"odhlasit-{offered(relay)[1].rpartition(b'/')[2].decode()}"
    report = bounce().replace(b"Subject: Undelivered Mail Returned to Sender", f"Subject: {subject}".encode())
    assert subject.encode() in report
    (box_of(answering) / "new" / "1").write_bytes(report)
    with at_work(answering) as current:
        ReadInbox().do_one(current, NOW)
    assert left(answering) == []
