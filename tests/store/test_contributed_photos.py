"""A photo that was sent in, all the way: into the newsletter, before its approver, public until its consent ends."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import delete, insert

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import approve, body_of, occurrence, read, token, words, work_at
from tests.store.planned import with_file
from tests.store.sample import add_people, address
from tests.store.test_archive import public
from tests.store.test_contributions import BEGUN, COMMISSION, OF_A_CHILD, ON_SQLITE, link, mails, pick, sent
from worker.approval import consents
from worker.archive import kit
from worker.contributions import giving
from worker.contributions.photo import prepared
from worker.drafting import checks, packages
from worker.office import Office
from worker.record.consents import of_occurrence
from worker.record.contributions import Chosen
from worker.store.tables import notices, withdrawals

ROW = """\
id: prehled
activity: Newsletter
place: řádek 1
dates: [8. 12. 2026]
kinds: [newsletter]
lists: [media]
approvers: [tiskovy-mluvci]
contributors: [komise-protidrogova]
"""
ID = "prehled/2026-12-08"
DRAFTED = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SEND = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
LAST = date(2026, 12, 31)


def errors(office: Office, at: datetime) -> list[str]:
    with office.database.read() as tx:
        package = packages.latest(tx, ID)
        assert package is not None
        found = checks.found(tx, office, occurrence(office, ID), packages.drafts_of(tx, package.id), at)
    return [check.message for check in found if check.level == "error"]


@pytest.fixture
def drafted(office: Office, relay: ScriptedRelay, tmp_path: Path) -> Office:
    """An office whose newsletter was drafted with the photo of a child, for whom a guardian consented until LAST."""
    drafted = with_file(office, tmp_path / "schedules.yaml", ROW)
    work_at(drafted, BEGUN)
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), "#7a9cc6").save(out, "JPEG")
    out.seek(0)
    shown = replace(OF_A_CHILD, description="Dílna", author="Petr Vzorný", until=LAST)
    giving.give(drafted, link(drafted, relay, COMMISSION, ID), shown, prepared(out), BEGUN)
    pick(drafted, sent(drafted, ID)[0].id, Chosen.INCLUDED)
    work_at(drafted, DRAFTED)
    return drafted


@ON_SQLITE
def test_it_goes_out_with_every_mail_and_leaves_the_public_page_with_its_consent(
    drafted: Office, relay: ScriptedRelay
) -> None:
    assert errors(drafted, ASKED) == []
    with drafted.database.write() as tx:
        add_people(tx, "media", [1])
    work_at(drafted, ASKED)
    approve(drafted, token(drafted, "tiskovy-mluvci", ID), ASKED)
    work_at(drafted, SEND)
    mail = read(relay.received_by(address(1))[0])
    (photo,) = [part for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    with Image.open(io.BytesIO(photo.get_content())) as seen:
        assert seen.size == (480, 320)
    assert photo["Content-ID"].strip("<>") in body_of(mail, "html")
    work_at(drafted, SEND + timedelta(minutes=1))
    (told,) = [each for each in mails(drafted, relay, COMMISSION) if each["Subject"].startswith("Hotovo")]
    assert f"Zveřejněný text: http://127.0.0.1:8080/archiv/{ID}" in words(told)
    with drafted.database.write() as tx:
        tx.execute(delete(notices).where(notices.c.kind == "contribution_out"))
        tx.execute(insert(withdrawals).values(occurrence_id=ID, reason="x", person="koordinator", at=SEND))
    work_at(drafted, SEND + timedelta(minutes=2))
    again = [each for each in mails(drafted, relay, COMMISSION) if each["Subject"].startswith("Hotovo")][-1]
    assert "Zveřejněný text" not in words(again), "nobody is led to what was withdrawn"
    with drafted.database.write() as tx:
        tx.execute(delete(withdrawals))
    page = f"/archiv/{ID}/newsletter"
    with public(drafted) as visitor:
        shown = visitor.get(page, SEND + timedelta(hours=1))
        assert "Dílna. Foto: Petr Vzorný" in shown.text.replace("\N{NO-BREAK SPACE}", " ")
        address_of = f"{page}/prehled-2026-12-08-photo-1.jpg"
        assert address_of in shown.text
        midnight = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # in Prague
        before, after = (visitor.get(address_of, midnight + timedelta(seconds=part)).status_code for part in (-1, 0))
        assert (before, after) == (200, 410)


@ON_SQLITE
def test_it_stops_the_approval_once_the_coordinator_took_it_out_of_the_press_kit(drafted: Office) -> None:
    with drafted.database.write() as tx:
        (photo,) = kit.of_occurrence(tx, ID)
        assert kit.remove(tx, ID, photo.id, DRAFTED, person="koordinator")
    assert len(errors(drafted, ASKED)) == 1


@ON_SQLITE
def test_it_stops_the_approval_once_nobody_may_show_it_any_more(drafted: Office) -> None:
    with drafted.database.write() as tx:
        (noted,) = of_occurrence(tx, ID)
        consents.withdraw(tx, drafted, noted.id, DRAFTED, person="koordinator")
    (said,) = errors(drafted, ASKED)
    assert "„Dílna“" in said and "Smažte její řádek" in said
