"""What people publish by hand: each medium's mail and page bring the file that it needs."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from sqlalchemy import Row, select

from tests.fixtures.pages import pages
from tests.store.desk import at_work, body_of, notices_to, state, words
from tests.store.sample import NOW, PRESS, occurrence_values
from tests.unit.drafting.sample import context
from worker.approval.handed import Report, report
from worker.archive import kit
from worker.archive.kit import Given
from worker.channels.base import Enclosure, Message, Permanent
from worker.channels.handoff import DATA_BOX_BYTES, HandOff, HandOffChannel
from worker.drafting import packages
from worker.drafting.make import Rendered, draft
from worker.drafting.places import media_of
from worker.forms import no_files
from worker.jobs.close_finished import CloseFinished
from worker.jobs.publish import Publish
from worker.notices import links, render
from worker.notices.links import PATHS, Purpose
from worker.office import Office
from worker.publishing import ledger
from worker.settings import Medium
from worker.store.states import OccurrenceState
from worker.store.tables import drafts, notices, occurrences, publications
from worker.store.tables import packages as packages_table

EDITOR = "redakce-webu"
JPEG = b"\xff\xd8 a photo \xff\xd9"
STEM = "tiskova-zprava-2026-12-news-item"


def medium(name: str, person: str = EDITOR, **options: Any) -> Medium:
    return Medium(
        id=name, name=name.capitalize(), channel="handoff", takes=("news-item",), person=person, ours="ukázka",
        options=options,
    )  # fmt: skip


@cache
def news() -> Rendered:
    with no_files():
        return draft("news-item", context("news-item", PRESS))


def handed(office: Office, *media: Medium) -> Office:
    """An office in which a news item was approved for these media and handed to whoever publishes it there."""
    own = replace(office, media={each.id: each for each in media})
    with own.database.write() as tx:
        values = occurrence_values(PRESS, OccurrenceState.SENDING) | {"kinds": ["news-item"]}
        tx.execute(occurrences.insert().values(values))
        occurrence = tx.execute(select(occurrences)).one()
        package_id = packages.create(tx, own, occurrence, [news()], NOW, reason="", author=None)
        package = tx.execute(select(packages_table).where(packages_table.c.id == package_id)).one()
        ledger.begin(tx, own, occurrence, package, tx.execute(select(drafts)).one(), NOW, None)
    with at_work(own, NOW) as current:
        while Publish().do_one(current, NOW):
            pass
    return own


def mail_to(office: Office, person: str = EDITOR) -> EmailMessage:
    """The mail that brings it, as a mail program reads it."""
    (notice,) = notices_to(office, person, "handoff")
    with office.database.write() as tx:
        read = message_from_bytes(render.mail(tx, office, notice, NOW).data, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def enclosed(mail: EmailMessage) -> list[str]:
    return [each.get_filename() or "" for each in mail.iter_attachments()]


def place(office: Office, name: str) -> Row[Any]:
    with office.database.read() as tx:
        return tx.execute(select(publications).where(publications.c.medium == name)).one()


def page_of(office: Office, name: str, person: str = EDITOR) -> str:
    """The path of the page behind a new link of hers."""
    with office.database.write() as tx:
        token = links.mint(
            tx, Purpose.PUBLISH, person=person, sent_to=office.person(person).email, occurrence_id=PRESS,
            package_id=None, now=NOW, publication_id=place(office, name).id,
        )  # fmt: skip
    return f"/{PATHS[Purpose.PUBLISH]}/{token}"


def test_the_mail_brings_html_to_paste_and_the_same_words_without_it(office: Office) -> None:
    mail = mail_to(handed(office, medium("web", file="html")))
    assert enclosed(mail) == [f"{STEM}.html", f"{STEM}.txt"]
    page, text = (bytes(each.get_payload(decode=True)).decode("utf-8-sig") for each in mail.iter_attachments())
    assert page.startswith("<h2>Jak se plní krajská strategie") and "<h2>" not in text
    assert f"{STEM}.html (HTML ke vložení do stránky)" in body_of(mail)


def test_one_mail_brings_what_each_of_her_media_needs_and_nobody_elses(office: Office) -> None:
    own = handed(office, medium("web", file="html"), medium("portal"), medium("deska", "koordinator", file="pdf"))
    assert enclosed(mail_to(own)) == [f"{STEM}.html", f"{STEM}.txt"]


@pytest.mark.usefixtures("documents")
def test_a_notice_board_and_a_data_box_get_a_pdf(office: Office) -> None:
    own = handed(office, medium("deska", "koordinator", file="pdf"), medium("schranky", file="data-box"))
    for mail in (mail_to(own), mail_to(own, "koordinator")):
        assert enclosed(mail) == [f"{STEM}.pdf"]


def test_the_page_brings_the_very_files_of_the_mail(office: Office) -> None:
    own = handed(office, medium("web", file="html"), medium("deska", "koordinator", file="pdf"))
    page, mail = page_of(own, "web"), mail_to(own)
    token, folder = page.rpartition("/")[2], f"/{PATHS[Purpose.PUBLISH]}/soubor"
    wrong = [f"{STEM}.pdf", "x.html", f"../facebook-text/{STEM}.html"]
    with pages(own, NOW) as served, requests.Session() as visitor:
        base = served.settings.base_url
        shown = visitor.get(base + page, timeout=9).text
        for each in mail.iter_attachments():
            path = f"{folder}/news-item/{each.get_filename()}/{token}"
            found = visitor.get(base + path, timeout=9)
            assert path in shown and found.content == each.get_payload(decode=True)
            assert found.headers["Content-Disposition"].startswith("attachment")
        assert [visitor.get(f"{base}{folder}/news-item/{each}/{token}", timeout=9).status_code for each in wrong] == [
            404,
            404,
            404,
        ]
        with own.database.write() as tx:
            tx.execute(drafts.update().values(text="Něco jiného"))
        assert visitor.get(f"{base}{folder}/news-item/{STEM}.html/{token}", timeout=9).status_code == 404


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"file": "html"}, "Otevřete přiložený soubor HTML a jeho obsah vložte do stránky"),
        ({"file": "docx"}, "Text k převzetí je v přiloženém dokumentu pro Word."),
        ({"file": "pdf", "hangs": 15}, "Použijte přiložené PDF. Viset má po dobu 15 dnů, den vyvěšení se nepočítá."),
        ({"file": "data-box"}, "Do datové zprávy vložte přiložené PDF a jako předmět napište „Aktualita na web"),
    ],
    ids=["web", "editor", "board", "data box"],
)
def test_mail_and_page_say_what_to_do_with_the_file(options: dict[str, Any], told: str, office: Office) -> None:
    own = handed(office, medium("misto", days=2, **options))
    assert f"Misto: do 10:00 ve čtvrtek 10. prosince 2026 (SEČ). {told}" in words(mail_to(own))
    with pages(own, NOW) as served:
        shown = requests.get(served.settings.base_url + page_of(own, "misto"), timeout=9).text.replace("\u00a0", " ")
    assert told in shown and ("Vyvěšeno" if "hangs" in options else "Zveřejněno") in shown


def test_whoever_is_in_charge_reads_until_when_too(office: Office) -> None:
    mail = mail_to(handed(office), "koordinator")
    assert "Hotovo by to mělo být do 10:00 v pátek 11. prosince 2026 (SEČ)." in words(mail)


def test_a_medium_for_named_texts_alone_gets_one_when_its_row_names_it(office: Office) -> None:
    board = medium("deska", "koordinator").model_copy(update={"only_named": True})
    own = replace(office, media={each.id: each for each in (board, medium("web"))})
    row: Any = SimpleNamespace(channels=None, channels_left_out={})
    assert [each.id for each in media_of(own, "news-item", row)] == ["web"]
    row.channels = ("deska",)
    assert [each.id for each in media_of(own, "news-item", row)] == ["deska"]


def test_what_is_larger_than_a_data_box_takes_is_refused() -> None:
    own, options = HandOffChannel(), HandOff.model_validate({"file": "data-box"})
    for size, fits in ((DATA_BOX_BYTES, True), (DATA_BOX_BYTES + 1, False)):
        whole = Message(
            key="k", occurrence_id=PRESS, kind="document-released", title="", text="", html="", page="", person=EDITOR,
            begun_at=NOW, since=NOW, enclosures=(Enclosure("a.pdf", "application/pdf", bytes(size)),),
        )  # fmt: skip
        with nullcontext() if fits else pytest.raises(Permanent, match="20 MB"):
            own.refuse(whole, options)
        own.refuse(whole, HandOff())


def test_the_page_brings_the_photos_that_may_be_shown_with_their_descriptions(office: Office) -> None:
    own = handed(office, medium("web"))
    with own.database.write() as tx:
        shown, gone = (
            kit.add(tx, PRESS, Given(JPEG, name, words, "Jana Ukázková", False), NOW, person="koordinator")
            for name, words in (("poradna.jpg", "Vchod do poradny s rampou."), ("zruseno.jpg", "Stará budova."))
        )
        kit.remove(tx, PRESS, gone, NOW, person="koordinator")
    page = page_of(own, "web")
    token, folder = page.rpartition("/")[2], f"/{PATHS[Purpose.PUBLISH]}/foto"
    with pages(own, NOW) as served, requests.Session() as visitor:
        base = served.settings.base_url
        told = visitor.get(base + page, timeout=9).text.replace("\u00a0", " ")
        assert f"{folder}/{shown}/{token}" in told and "Vchod do poradny s rampou.</span> (foto: Jana" in told
        assert "Stará budova" not in told
        assert visitor.get(f"{base}{folder}/{shown}/{token}", timeout=9).content == JPEG
        assert visitor.get(f"{base}{folder}/{gone}/{token}", timeout=9).status_code == 404
        assert visitor.get(f"{base}{folder}/99/{token}", timeout=9).status_code == 404
        assert visitor.get(f"{base}{folder}/{shown}/{token[::-1]}", timeout=9).status_code in (404, 410)
        with own.database.write() as tx:
            tx.execute(occurrences.insert().values(occurrence_values("tiskova-zprava/2026-09", OccurrenceState.DONE)))
            other = kit.add(
                tx, "tiskova-zprava/2026-09", Given(JPEG, "jina.jpg", "Jiná.", "Jan", False), NOW, person="x"
            )
        assert visitor.get(f"{base}{folder}/{other}/{token}", timeout=9).status_code == 404


@pytest.mark.parametrize("what", [Report.OUT, Report.NOT_THIS_TIME])
def test_an_occurrence_that_was_only_handed_over_counts_when_it_is_told_what_became_of_it(
    what: Report, office: Office
) -> None:
    own = handed(office, medium("web"))
    with at_work(own, NOW) as current:
        with own.database.write() as tx:  # the mail that brings it has left
            tx.execute(notices.update().values(state="sent"))
        assert not CloseFinished().do_one(current, NOW) and state(own) == "sending"
        report(own, page_of(own, "web").rpartition("/")[2], what, NOW, note="vyšlo na titulní straně, nebo nevyjde")
        assert CloseFinished().do_one(current, NOW) and state(own) == "done"
