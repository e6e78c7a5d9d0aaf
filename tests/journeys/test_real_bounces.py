"""The whole way of a bounce: a mailing through a real Postfix, a server that refuses some, and what comes back."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixtures.mail_servers import DOMAIN, postfix_running
from tests.fixtures.smtp_server import scripted_relay
from tests.store.conftest import hasty, migrated_file, open_office
from tests.store.desk import at_work, begin, deliver, rows
from tests.store.sample import NOW
from tests.store.test_bounces import known, suppressed
from worker.jobs.read_inbox import ReadInbox
from worker.office import Office
from worker.settings import Inbox, parse_smtp_url

__all__ = ["migrated_file"]

pytestmark = pytest.mark.long


def test_postfix_sends_back_what_it_cannot_deliver(migrated_file: Path, tmp_path: Path) -> None:
    database = hasty(Path(shutil.copyfile(migrated_file, tmp_path / "hlasatel.sqlite3")))
    with scripted_relay() as remote, postfix_running(remote.port) as postfix:
        office = open_office(database, remote, tmp_path)
        inbox = Inbox(maildir=postfix.maildir, address=f"odpovedi@{DOMAIN}", bounce_address=f"vracene@{DOMAIN}")
        relay = parse_smtp_url(postfix.url)
        settings = replace(office.settings, inbox=inbox, smtp_url=postfix.url)
        office = replace(office, settings=settings, relay=relay)
        begin(office, 8)
        addresses = [row.address for row in rows(office)]
        remote.answer_to(addresses[0], "550 5.1.1 User unknown")
        remote.answer_to(addresses[1], "550 No such user here")
        remote.answer_to(addresses[2], "552 5.2.2 Mailbox full")
        remote.answer_to(addresses[3], "550 5.7.1 blocked")
        deliver(office)
        _come(office, 4)
        assert sorted(known(office)) == [("hard", "5.1.1"), ("hard", "5.1.1"), ("ours", "5.7.1"), ("soft", "5.2.2")]
        assert suppressed(office) == ["bounce", "bounce"]
        assert {row.state for row in rows(office)} == {"sent"}
    database.close()


def _come(office: Office, wanted: int) -> None:
    """Take in what comes, until `wanted` have come."""
    for _ in range(150):
        with at_work(office, NOW) as current:
            ReadInbox().do_one(current, NOW)
        if len(known(office)) >= wanted:
            return
        time.sleep(0.2)
    raise AssertionError(f"only {known(office)} came back")
