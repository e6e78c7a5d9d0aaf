"""The files of a draft: kept with it, shown where it is read, handed over by hand, and none that was tampered with."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from email.message import EmailMessage

import pytest
import requests
from sqlalchemy import select, update

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import Received, ScriptedRelay
from tests.store.desk import ASKED, SEND, approve, asked, body_of, deliver, mailing, read, rows, state, work_at
from tests.store.sample import NOW, PRESS, add_people, address, approved_draft
from worker.audience.members import Addressed
from worker.delivery.freeze import freeze
from worker.drafting import packages
from worker.drafting.digest import draft_digest, package_digest
from worker.drafting.files import File
from worker.errors import HlasatelError
from worker.notices import queue, render
from worker.office import Office
from worker.store import tables
from worker.store.tables import draft_files, drafts, notices
from worker.web.files import look

DOCX, PDF = "tiskova-zprava-2026-12.docx", "tiskova-zprava-2026-12.pdf"
ICS = File("pozvanka.ics", "ics", "text/calendar", "attached", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
CHART = File("graf.png", "chart", "image/png", "inline", b"\x89PNG" + bytes(64))
OFFERED = File("pozvanka.docx", "docx", "application/x-docx", "offered", b"PK")


def spoil(office: Office, name: str = PDF) -> None:
    """Somebody changes the bytes of one file in the database."""
    with office.database.write() as tx:
        tx.execute(update(draft_files).where(draft_files.c.name == name).values(content=b"%PDF-jine"))


def with_files(office: Office, *files: File, channel: str = "email") -> int:
    """One approved draft of an occurrence that is being sent, with these files; its id."""
    html = f'<p>@@greeting@@ <img src="cid:{CHART.content_id}" alt="Graf"> <a href="@@unsubscribe@@">Odhlásit</a></p>'
    entries = [file.entry() for file in files]
    with office.database.write() as tx:
        draft = approved_draft(tx, "press-release", PRESS, ("Zpráva", html, "@@greeting@@\n\n@@unsubscribe@@\n"))
        digest = draft_digest(draft.kind, channel, draft.subject, draft.html, draft.text, entries)
        values = {"files": entries, "digest": digest, "channel": channel}
        tx.execute(update(drafts).where(drafts.c.id == draft.id).values(values))
        tx.execute(update(tables.packages).values(digest=package_digest([digest], {}, NOW, {})))
        for file in files:
            tx.execute(draft_files.insert().values(draft_id=draft.id, name=file.name, content=file.content))
        return int(draft.id)


@pytest.mark.usefixtures("documents")
def test_they_are_kept_with_their_bytes_and_their_digests(office: Office) -> None:
    asked(office)
    with office.database.read() as tx:
        press = tx.execute(select(drafts).where(drafts.c.kind == "press-release")).first()
        assert press is not None
        kept = packages.load_files(tx, press)
        assert [file.entry() for file in kept] == press.files
        assert [(entry["name"], entry["use"]) for entry in press.files] == [(DOCX, "offered"), (PDF, "offered")]
        assert packages.is_intact(press) and packages.has_files(tx, press)
        assert [file.name for file in packages.load_files(tx, press, "attached")] == []
    spoil(office)
    with office.database.read() as tx:
        assert not packages.has_files(tx, press)
        with pytest.raises(HlasatelError, match=PDF):
            packages.load_files(tx, press)


def test_a_mailing_carries_what_is_attached_and_shown_and_not_what_is_offered(
    office: Office, relay: ScriptedRelay
) -> None:
    with_files(office, CHART, ICS, OFFERED)
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2])
        freeze(tx, office, PRESS, tx.execute(select(drafts)).one(), Addressed(("media",)), NOW)
    deliver(office)
    assert [row.state for row in rows(office)] == ["sent", "sent"]
    mail = read(relay.received_by(address(2))[0])
    assert [(each.get_filename(), each.get_payload(decode=True)) for each in mail.iter_attachments()] == [
        (ICS.name, ICS.content)
    ]
    [picture] = [each for each in mail.walk() if each.get_content_type() == "image/png"]
    assert picture.get_payload(decode=True) == CHART.content
    assert f"cid:{str(picture['Content-ID']).strip('<>')}" in body_of(mail, "html")


def test_a_mailing_whose_file_was_changed_sends_nothing(office: Office, relay: ScriptedRelay) -> None:
    with_files(office, ICS)
    with office.database.write() as tx:
        add_people(tx, "media", [1])
        number = freeze(tx, office, PRESS, tx.execute(select(drafts)).one(), Addressed(("media",)), NOW)
    spoil(office, ICS.name)
    deliver(office)
    stopped = mailing(office, number)
    assert (stopped.state, relay.heard) == ("paused", [])
    assert ICS.name in stopped.reason


@pytest.mark.usefixtures("documents")
def test_at_the_send_time_a_changed_file_means_a_new_version_and_a_new_question(office: Office) -> None:
    approve(office, asked(office))
    spoil(office)
    work_at(office, SEND)
    assert state(office) == "asked"
    with office.database.read() as tx:
        package = packages.latest(tx, PRESS)
        assert package is not None and package.version == 2
        assert all(packages.has_files(tx, draft) for draft in packages.drafts_of(tx, package.id))


def handed_over(office: Office, draft_id: int) -> EmailMessage:
    """The mail that brings the draft to whoever publishes it, as it would leave."""
    with office.database.write() as tx:
        package = tx.execute(select(drafts.c.package_id).where(drafts.c.id == draft_id)).scalar_one()
        queue.put(
            tx, "handoff/1", "handoff", "koordinator", NOW, occurrence_id=PRESS, package_id=package,
            only="press-release", what="Pozvánka", length="Počet znaků: 10.", basis="Schválené je přesně toto znění.",
        )  # fmt: skip
        notice = tx.execute(select(notices)).one()
        return read(Received("", "", render.mail(tx, office, notice, NOW).data))


def test_what_is_handed_over_comes_with_all_its_files(office: Office) -> None:
    mail = handed_over(office, with_files(office, CHART, ICS, OFFERED, channel="handoff"))
    assert str(mail["Subject"]) == "Ke zveřejnění: Pozvánka (Tisková zpráva)"
    assert {each.get_filename(): each.get_payload(decode=True) for each in mail.iter_attachments()} == {
        ICS.name: ICS.content,
        OFFERED.name: OFFERED.content,
    }
    for sort in ("plain", "html"):
        said = " ".join(body_of(mail, sort).split())
        assert "zveřejněte prosím text níže" in said and "Počet znaků: 10." in said
        assert "Soubory v příloze tohoto e-mailu" in said
        assert "pozvanka.ics (záznam do kalendáře, 1 kB)" in said


def test_what_is_to_be_handed_over_with_a_changed_file_is_not(office: Office) -> None:
    draft_id = with_files(office, OFFERED, channel="handoff")
    spoil(office, OFFERED.name)
    with pytest.raises(HlasatelError, match=OFFERED.name):
        handed_over(office, draft_id)


@pytest.mark.usefixtures("documents")
def test_the_page_offers_each_file_to_whoever_holds_the_link(office: Office) -> None:
    link = asked(office)
    with pages(office, ASKED) as reached:
        base = f"{reached.settings.base_url}/schvaleni"
        page = requests.get(f"{base}/{link}", timeout=10).text
        addresses = re.findall(r'href="([^"]+/soubor/[^"]+)"', page)
        answers = [requests.get(each, timeout=10) for each in addresses]
        foreign = requests.get(f"{base}/soubor/press-release/{DOCX}/{'x' * 43}", timeout=10)
        wrong = requests.get(f"{base}/soubor/press-release/jiny.pdf/{link}", timeout=10)
        spoil(office)
        spoilt = requests.get(f"{base}/soubor/press-release/{PDF}/{link}", timeout=10)
    assert addresses == [f"{base}/soubor/press-release/{name}/{link}" for name in (DOCX, PDF)]
    with office.database.read() as tx:
        kept = tx.execute(select(drafts.c.files).where(drafts.c.kind == "press-release")).scalar_one()
    for answer, entry in zip(answers, kept, strict=True):
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, entry["media_type"])
        assert hashlib.sha256(answer.content).hexdigest() == entry["sha256"]
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{entry["name"]}"'
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (foreign.status_code, wrong.status_code, spoilt.status_code) == (404, 404, 409)
    assert PDF in spoilt.text


def test_the_frame_shows_the_pictures_and_loads_nothing(office: Office) -> None:
    draft_id = with_files(office, CHART, ICS)
    with office.database.read() as tx:
        draft = tx.execute(select(drafts).where(drafts.c.id == draft_id)).one()
        shown = look(tx, draft)
    assert f'src="data:image/png;base64,{b64encode(CHART.content).decode()}"' in shown
    assert "cid:" not in shown and "@@" not in shown
