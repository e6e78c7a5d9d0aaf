"""The public pages: what went out and nothing else, one entry per occurrence, nothing of anybody's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from sqlalchemy import select, update

from tests.fixtures.pages import pages, reader
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import open_office
from tests.store.desk import SEND, approve, begin, notices_to, token, work_at
from tests.store.places import EDITOR, placed
from tests.store.sample import NOW, PRESS, add_people
from tests.store.test_draft_files import OFFERED, with_files
from worker.approval import consents
from worker.archive import kit, marks
from worker.archive.kit import Given, UnfitPhoto
from worker.audience.members import Addressed
from worker.delivery.freeze import freeze
from worker.errors import HlasatelError
from worker.office import Office
from worker.record.consents import GivenBy
from worker.record.published import published_between
from worker.store.database import Database
from worker.store.states import PublicationState
from worker.store.tables import deliveries, draft_files, drafts, mailings, occurrences, packages
from worker.times import Clock

ITEM, MAIL = f"/archiv/{PRESS}", f"/archiv/{PRESS}/press-release"
LATER = SEND + timedelta(hours=1)
PHOTO = Given(b"\xff\xd8 a photo", "Náměstí 1.JPG", "Náměstí se stromem", "Jan Vzor", shows_people=False)


class Public:
    """A visitor of the public pages, whom nobody knows; `at` is the time it is."""

    def __init__(self, base: str) -> None:
        self.at, self.base, self._reader = LATER, base, reader()

    def get(self, path: str, at: datetime | None = None) -> requests.Response:
        self.at = at or LATER
        return self._reader.get(self.base + path, timeout=10, allow_redirects=False)

    def words(self, path: str, at: datetime | None = None) -> str:
        return self.get(path, at).text.replace("\u00a0", " ")


@contextmanager
def public(office: Office) -> Iterator[Public]:
    visitor = Public("")
    with pages(office, Clock(lambda: visitor.at, simulated=True)) as served:
        visitor.base = served.settings.base_url
        yield visitor


@pytest.fixture
def own(migrated_file: Path, tmp_path: Path, relay: ScriptedRelay) -> Iterator[Office]:
    """An office on SQLite alone, for what the database makes no difference to."""
    file = tmp_path / "hlasatel.sqlite3"
    shutil.copyfile(migrated_file, file)
    database = Database(f"sqlite:///{file}")
    yield open_office(database, relay, tmp_path)
    database.close()


def write(office: Office, **fields: str) -> None:
    with office.database.write() as tx:
        tx.execute(update(drafts).values(fields=fields))


def test_it_holds_what_went_out_and_nothing_before(asked_office: Office) -> None:
    with public(asked_office) as visitor:
        assert visitor.get("/archiv").status_code == 200 and "Zatím tu nic není" in visitor.words("/archiv")
        assert [visitor.get(path).status_code for path in (ITEM, MAIL)] == [404, 404]


def test_one_entry_an_occurrence_with_its_mail_as_it_went_out(office: Office) -> None:
    begin(office, 1)
    with public(office) as visitor:
        base, listed = visitor.base, visitor.get("/archiv")
        assert listed.status_code == 200 and listed.headers["X-Robots-Tag"] == "all"
        assert listed.text.count("<li>\n<a lang") == 1 and f'href="{base}{ITEM}"' in listed.text
        assert 'type="application/atom+xml"' in listed.text
        shown = visitor.words(ITEM)
        assert "Kraj otevřel poradnu" in shown and f'src="{base}{MAIL}"' in shown
        mail = visitor.get(MAIL)
        assert ".Zpráva" in mail.text and "Dobrý den," in mail.text
        assert "@@" not in mail.text and "clovek-" not in mail.text and f"{base}/o/archiv" in mail.text
        assert "sandbox" in mail.headers["Content-Security-Policy"]


def test_an_address_that_no_database_takes_leads_nowhere(office: Office) -> None:
    with public(office) as visitor:
        for odd in ("%00", "a%00b", "9" * 30, "9" * 5000, "-1", "%FF"):
            for path in (f"/archiv/{odd}/2026-12", f"/archiv/tiskova-zprava/{odd}", f"/archiv/foto/{odd}/x.jpg"):
                assert visitor.get(path).status_code == 404, path[:40]
            assert visitor.get(f"/koordinator/prispevky/{odd}").status_code in (403, 404)


def test_the_foot_of_a_mail_is_no_part_of_its_page(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        marked = (
            "<html><head></head><body>Text<!--only-in-mail--><a href='@@unsubscribe@@'>x</a><!--/only-in-mail--></body>"
        )
        with own.database.write() as tx:
            tx.execute(update(drafts).values(html=marked))
        shown = visitor.get(MAIL).text
        assert "Text" in shown and "/o/" not in shown and "only-in-mail" not in shown


def test_an_embargo_ends_at_its_very_second(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        with own.database.write() as tx:
            kit.add(tx, PRESS, PHOTO, NOW, person="koordinator")
        write(own, headline="Kraj otevřel poradnu", embargo="8. prosince 2026 v 12:00")
        end = datetime(2026, 12, 8, 11, 0, tzinfo=UTC)
        photo = "/archiv/foto/1/namesti-1.jpg"
        for path in (ITEM, MAIL, photo):
            before = visitor.get(path, end - timedelta(seconds=1))
            assert before.status_code == 403 and before.headers["Retry-After"] == "2", path
            assert "poradnu" not in before.text and "12:00" in before.text
            assert visitor.get(path, end).status_code == 200, path
        assert "poradnu" not in visitor.get("/archiv", end - timedelta(seconds=1)).text
        assert "poradnu" not in visitor.get("/archiv/atom.xml", end - timedelta(seconds=1)).text
        assert "poradnu" in visitor.get("/archiv", end).text


def test_an_embargo_that_nobody_can_read_never_ends(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        write(own, headline="Kraj", embargo="do odvolání")
        assert visitor.get(ITEM, LATER + timedelta(days=900)).status_code == 403


def embargoed_until(office: Office, end: datetime) -> list[list[str]]:
    """What later texts are told of the release a second before its end and from then on."""
    with office.database.read() as tx:
        moments = (end, end + timedelta(seconds=1))
        return [[each.title for each in published_between(tx, SEND - timedelta(days=1), until)] for until in moments]


def test_no_newsletter_names_what_is_under_embargo_before_its_end(office: Office) -> None:
    begin(office, 1)
    end = datetime(2026, 12, 8, 11, 0, tzinfo=UTC)
    with office.database.write() as tx:
        tx.execute(update(mailings).values(state="done"))
    assert [len(each) for each in embargoed_until(office, end)] == [1, 1]
    write(office, embargo="8. prosince 2026 v 12:00")
    assert [len(each) for each in embargoed_until(office, end)] == [0, 1]
    with office.database.read() as tx:
        [told] = published_between(
            tx, end, end + timedelta(days=30)
        )  # the next newsletter's span begins after the mail
    assert told.sent_at == end
    write(office, embargo="do odvolání")
    assert embargoed_until(office, end + timedelta(days=30)) == [[], []]


def test_no_newsletter_names_what_was_withdrawn(own: Office) -> None:
    begin(own, 1)
    with own.database.write() as tx:
        tx.execute(update(mailings).values(state="done"))
        marks.withdraw(tx, own, PRESS, NOW, reason="Chyba v číslech", person="koordinator")
    assert embargoed_until(own, LATER) == [[], []]


def test_a_correction_is_held_back_as_long_as_what_it_corrects(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        write(own, embargo="8. prosince 2026 v 12:00")
        with own.database.write() as tx:
            found = tx.execute(select(occurrences).where(occurrences.c.id == PRESS)).one()._asdict()
            correction = {**found, "id": "oprava/2026-12", "corrects": PRESS}
            tx.execute(occurrences.insert().values(**correction))
            package = tx.execute(select(packages)).one()._asdict()
            tx.execute(packages.insert().values(**{**package, "id": 77, "occurrence_id": "oprava/2026-12"}))
            draft = tx.execute(select(drafts)).one()._asdict()
            told = {
                **draft,
                "id": 77,
                "package_id": 77,
                "kind": "correction",
                "fields": {"headline": "Oprava: poradna"},
            }
            tx.execute(drafts.insert().values(**told))
            mailing = tx.execute(select(mailings)).one()._asdict()
            of = {**mailing, "id": 77, "draft_id": 77, "occurrence_id": "oprava/2026-12"}
            tx.execute(mailings.insert().values(**of))
        end = datetime(2026, 12, 8, 11, 0, tzinfo=UTC)
        assert visitor.get("/archiv/oprava/2026-12", end - timedelta(seconds=1)).status_code == 403
        assert visitor.get("/archiv/oprava/2026-12", end).status_code == 200


def with_a_file(office: Office) -> str:
    """The release went out with a file to be downloaded; the file's address."""
    with_files(office, OFFERED)
    with office.database.write() as tx:
        add_people(tx, "media", [1])
        freeze(tx, office, PRESS, tx.execute(select(drafts)).one(), Addressed(("media",)), NOW)
    return f"{MAIL}/{OFFERED.name}"


def test_a_file_is_kept_by_the_browser_and_never_opened_as_a_page(own: Office) -> None:
    with public(own) as visitor:
        path = with_a_file(own)
        given = visitor.get(path)
        assert (given.status_code, given.content) == (200, OFFERED.content)
        assert given.headers["Content-Disposition"] == f'attachment; filename="{OFFERED.name}"'
        assert path in visitor.get(ITEM).text
        for nowhere in (
            f"{MAIL}/jiny.docx",
            f"/archiv/{PRESS}/newsletter/{OFFERED.name}",
            f"/archiv/{PRESS}/newsletter",
        ):
            assert visitor.get(nowhere).status_code == 404, nowhere
        with own.database.write() as tx:
            tx.execute(update(draft_files).values(content=b"PK jine"))
        spoilt = visitor.get(path)
        assert spoilt.status_code == 409 and OFFERED.name in spoilt.text and b"PK jine" not in spoilt.content


def test_a_file_is_held_back_and_withdrawn_with_its_text(own: Office) -> None:
    with public(own) as visitor:
        path = with_a_file(own)
        write(own, embargo="8. prosince 2026 v 12:00")
        end = datetime(2026, 12, 8, 11, 0, tzinfo=UTC)
        assert [visitor.get(path, at).status_code for at in (end - timedelta(seconds=1), end)] == [403, 200]
        with own.database.write() as tx:
            marks.withdraw(tx, own, PRESS, SEND, reason="Chyba.", person="koordinator")
        assert visitor.get(path, end).status_code == 410


def test_what_has_no_html_has_no_page_to_frame(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        with own.database.write() as tx:
            tx.execute(update(drafts).values(html=""))
        assert visitor.get(MAIL).status_code == 404 and ".Zpráva" in visitor.words(ITEM)


def test_a_photo_of_what_never_went_out_is_shown_to_nobody(asked_office: Office) -> None:
    with public(asked_office) as visitor:
        with asked_office.database.write() as tx:
            kit.add(tx, PRESS, PHOTO, NOW, person="koordinator")
        assert visitor.get("/archiv/foto/1/namesti-1.jpg").status_code == 404


def test_what_was_called_off_before_anything_left_is_not_public(office: Office) -> None:
    with public(office) as visitor:
        begin(office, 1)
        with office.database.write() as tx:
            tx.execute(update(mailings).values(cancelled_at=NOW))
        assert visitor.get(ITEM).status_code == 404
        with office.database.write() as tx:
            tx.execute(update(deliveries).values(state="unknown"))
        assert visitor.get(ITEM).status_code == 200


def test_a_text_for_few_is_not_public(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1, kind="facebook-text")
        assert visitor.get(ITEM).status_code == 404


def test_what_was_withdrawn_says_why_and_shows_nothing(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        with own.database.write() as tx:
            kit.add(tx, PRESS, PHOTO, NOW, person="koordinator")
        placed(own, PublicationState.PUBLISHED, address="https://www.example.org/1")
        with own.database.write() as tx:
            marks.withdraw(tx, own, PRESS, SEND, reason="Údaje\nnebyly ověřené.", person="koordinator")
        (asked,) = notices_to(own, EDITOR, "take_down")
        assert "https://www.example.org/1" in asked.data["places"] and "nebyly ověřené" in asked.data["reason"]
        told = visitor.get(ITEM)
        assert told.status_code == 410 and "X-Robots-Tag" in told.headers and told.headers["X-Robots-Tag"] != "all"
        shown = told.text.replace("\u00a0", " ")
        assert "Údaje nebyly ověřené." in shown and "poradnu" not in shown and "<iframe" not in shown
        assert [visitor.get(path).status_code for path in (MAIL, "/archiv/foto/1/namesti-1.jpg")] == [410, 410]
        listed = visitor.get("/archiv").text
        assert "Staženo" in listed and "poradnu" not in listed
        with own.database.write() as tx, pytest.raises(HlasatelError, match="už je"):
            marks.withdraw(tx, own, PRESS, SEND, reason="znovu", person="koordinator")


@pytest.mark.parametrize(("reason", "words"), [("  ", "proč se"), ("x" * 501, "proč se"), ("důvod", "není nic")])
def test_a_withdrawal_is_refused(asked_office: Office, reason: str, words: str) -> None:
    with asked_office.database.write() as tx, pytest.raises(HlasatelError, match=words):
        marks.withdraw(tx, asked_office, PRESS, SEND, reason=reason, person="koordinator")


def test_a_correction_marks_the_original(office: Office) -> None:
    with public(office) as visitor:
        begin(office, 1)
        begin(office, 1, occurrence="tiskova-zprava/2026-12.oprava", lists=("obce",))
        with office.database.write() as tx:
            corrects = update(occurrences).where(occurrences.c.id == "tiskova-zprava/2026-12.oprava")
            tx.execute(corrects.values(corrects=PRESS, state="approved"))
        assert "Opraveno" not in visitor.get("/archiv").text
        with office.database.write() as tx:
            tx.execute(corrects.values(corrects=PRESS, state="sending"))
        shown = visitor.get(ITEM).text
        assert "Čerpejte prosím z opravy" in shown.replace("\u00a0", " ") and "2026-12.oprava" in shown
        assert "Čerpejte prosím z opravy" in visitor.get(MAIL).text
        assert f"{ITEM}" in visitor.get("/archiv/tiskova-zprava/2026-12.oprava").text
        assert "Opraveno" in visitor.get("/archiv").text


def test_the_feed_is_atom_and_the_same_twice(office: Office) -> None:
    begin(office, 1)
    with public(office) as visitor:
        answer = visitor.get("/archiv/atom.xml")
        assert answer.content == reader("en").get(f"{visitor.base}/archiv/atom.xml", timeout=10).content
    assert answer.headers["Content-Type"] == "application/atom+xml"
    space = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(answer.content).findall("a:entry", space)
    assert [each.findtext("a:title", "", space) for each in entries] == ["Kraj otevřel poradnu"]
    assert [each.findtext("a:published", "", space) for each in entries] == ["2026-12-08T09:00:00Z"]


def test_a_photo_is_there_until_a_consent_for_it_ends(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        with own.database.write() as tx:
            until = NOW.date() + timedelta(days=30)
            number = consents.note(
                tx, PRESS, NOW, subject="Jana", given_by=GivenBy.PERSON, until=until, person="koordinator"
            )
            given = Given(b"\xff\xd8 portrait", "x.png", "Jana před poradnou", "Jan Vzor", True, (number,))
            photo = kit.add(tx, PRESS, given, NOW, person="koordinator")
        path = f"/archiv/foto/{photo}/x.jpg"
        answer = visitor.get(path)
        assert (answer.status_code, answer.content) == (200, b"\xff\xd8 portrait")
        assert answer.headers["Content-Type"] == "image/jpeg" and 'alt="Jana před poradnou"' in visitor.get(ITEM).text
        over = visitor.get(path, NOW + timedelta(days=31))
        assert over.status_code == 410 and "souhlas" in over.text
        assert "Jana před" not in visitor.get(ITEM, NOW + timedelta(days=31)).text
        with own.database.write() as tx:
            consents.withdraw(tx, own, number, NOW, person="koordinator")
        assert visitor.get(path).status_code == 410


def test_a_photo_taken_out_is_gone_and_its_bytes_with_it(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 1)
        with own.database.write() as tx:
            photo = kit.add(tx, PRESS, PHOTO, NOW, person="koordinator")
            assert not kit.remove(tx, "newsletter/2026", photo, NOW, person="koordinator")
            assert kit.remove(tx, PRESS, photo, NOW, person="koordinator")
            assert not kit.remove(tx, PRESS, photo, NOW, person="koordinator")
            row = kit.photo(tx, photo)
            assert row is not None and row.content == b""
        assert visitor.get(f"/archiv/foto/{photo}/namesti-1.jpg").status_code == 410
        assert visitor.get(f"/archiv/foto/{photo}/jiny.jpg").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"description": " "}, "description"),
        ({"author": ""}, "author"),
        ({"shows_people": True}, "consents"),
        ({"shows_people": True, "consents": (7,)}, "consents"),
        ({"consents": (7,)}, "consents"),
    ],
)
def test_a_photo_that_lacks_something_is_refused(asked_office: Office, changed: dict[str, Any], field: str) -> None:
    given = replace(PHOTO, **changed)
    with asked_office.database.write() as tx, pytest.raises(UnfitPhoto) as refused:
        kit.add(tx, PRESS, given, NOW, person="koordinator")
    assert refused.value.field == field


def test_photos_are_kept_of_what_there_is_and_no_more_than_so_many(
    asked_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit, "MOST_PHOTOS", 1)
    with asked_office.database.write() as tx:
        with pytest.raises(HlasatelError, match="neni/2026"):
            kit.add(tx, "neni/2026", PHOTO, NOW, person="koordinator")
        with pytest.raises(UnfitPhoto):
            kit.add(tx, PRESS, replace(PHOTO, description="x" * 501), NOW, person="koordinator")
        first = kit.add(tx, PRESS, replace(PHOTO, description="x" * 500), NOW, person="koordinator")
        with pytest.raises(UnfitPhoto) as refused:
            kit.add(tx, PRESS, PHOTO, NOW, person="koordinator")
        assert refused.value.field == "photo"
        kit.remove(tx, PRESS, first, NOW, person="koordinator")
        assert kit.add(tx, PRESS, PHOTO, NOW, person="koordinator") > first


def test_a_file_name_is_plain() -> None:
    assert [kit.file_name(each) for each in ("Náměstí 1.JPG", "../../x/y.png", "\r\n", "ž" * 200, "a.b.c")] == [
        "namesti-1.jpg", "y.jpg", "foto.jpg", f"{'z' * 60}.jpg", "a-b.jpg",
    ]  # fmt: skip


def test_a_list_page_links_no_personal_address(own: Office) -> None:
    with public(own) as visitor:
        begin(own, 3)
        for path in ("/archiv", ITEM, MAIL, "/archiv/atom.xml"):
            assert not re.search(r"clovek-|/o/[A-Za-z0-9_-]{22}", visitor.get(path).text), path


def test_whoever_is_handed_a_text_hears_of_the_embargo(asked_office: Office) -> None:
    with asked_office.database.write() as tx:
        row = tx.execute(select(drafts).where(drafts.c.kind == "press-release")).one()
        under = {**row.fields, "embargo": "8. 12. 2026 12:00"}
        tx.execute(update(drafts).where(drafts.c.id == row.id).values(fields=under))
    approve(asked_office, token(asked_office, "tiskovy-mluvci"))
    work_at(asked_office, SEND)
    handed = notices_to(asked_office, "spravce-facebooku", "handoff")
    assert [each.data["basis"].replace("\u00a0", " ") for each in handed] == [
        "Schválené je přesně toto znění. Pozor, embargo: nezveřejňujte nic do 12:00 v úterý 8. prosince 2026 (SEČ)."
    ]
    with asked_office.database.read() as tx:
        posts = tx.execute(select(drafts.c.fields).where(drafts.c.kind == "facebook-text")).scalars().all()
    assert [each.data["length"] for each in handed] == [f"Počet znaků: {len(posts[-1]['text'])}."]


def test_the_way_to_leave_on_a_public_page_leaves_nothing(asked_office: Office) -> None:
    with public(asked_office) as visitor:
        assert "nikoho neodhlašuje" in visitor.words("/o/archiv")
