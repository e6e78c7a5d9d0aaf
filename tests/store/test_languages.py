"""A page speaks its reader's language; what is kept is in the office's, whoever sent the form."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from tests.fixtures.pages import pages, reader
from tests.store.desk import ASKED, asked, token, work_at
from tests.store.sample import NEWSLETTER
from worker.notices import sign_ins
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import drafts, packages
from worker.web.language import wanted

pytestmark = pytest.mark.usefixtures("already_asked")

ENGLISH = "en-GB,en;q=0.9,cs;q=0.5"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ([], "cs"),
        ([""], "cs"),
        (["cs-CZ"], "cs"),
        (["sk-SK,en;q=0.8"], "cs"),
        (["en"], "en"),
        (["en-US,en;q=0.9,cs;q=0.8"], "en"),
        (["cs;q=0.4, EN-gb; q=0.7"], "en"),
        (["de-DE,de;q=0.9,en;q=0.3"], "en"),
        (["de"], "cs"),
        (["*"], "cs"),
        (["en;q=0"], "cs"),
        (["en;q=0.000, *"], "cs"),
        (["de", "en"], "en"),
        (["en;q=7, cs;q=x, \x00"], "cs"),
        (["x" * 5000 + ",en"], "cs"),
    ],
)
def test_the_browser_says_which_language(header: list[str], language: str) -> None:
    assert wanted(header) == language


def test_an_english_office_answers_a_browser_without_a_wish_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HLASATEL_LANG", "en")
    assert [wanted(header) for header in ([], ["de"], ["*"], ["cs"], ["sk"])] == ["en", "en", "en", "cs", "cs"]


def test_every_answer_is_in_the_readers_language_and_says_so(office: Office) -> None:
    link = asked(office)
    with pages(office, ASKED) as at:
        base = at.settings.base_url
        for path, czech, english in (
            (f"/schvaleni/{link}", "Vaše rozhodnutí", "Your decision"),
            ("/schvaleni/neznamy", "už skončila lhůta, do které platil", "the time it was valid for is over"),
            ("/nikde", "Taková stránka tu není", "There is no such page"),
            ("/koordinator/prihlaseni", "E-mailová adresa", "E-mail address"),
            ("/o/neznamy", "Odhlášení odběru", "Unsubscribe"),
        ):
            for languages, lang, words in (((), "cs", czech), (("sk",), "cs", czech), ((ENGLISH,), "en", english)):
                answer = reader(*languages).get(base + path, timeout=10)
                assert f'<html lang="{lang}">' in answer.text, (path, languages)
                assert words in answer.text.replace("\u00a0", " "), (path, languages)
                assert "Accept-Language" in answer.headers["Vary"], path
        foreign = reader(ENGLISH).post(f"{base}/schvaleni/{link}", headers={"Origin": "https://x.example"}, timeout=10)
        assert "Another site sent this form" in foreign.text and "Accept-Language" in foreign.headers["Vary"]


def test_a_broken_page_keeps_to_the_readers_language_and_to_the_headers(office: Office) -> None:
    link = asked(office)
    with office.database.write() as tx:
        tx.execute(text("ALTER TABLE links RENAME TO lost"))
    try:
        with pages(office, ASKED) as at:
            answer = reader(ENGLISH).get(f"{at.settings.base_url}/schvaleni/{link}", timeout=10)
    finally:
        with office.database.write() as tx:
            tx.execute(text("ALTER TABLE lost RENAME TO links"))
    assert answer.status_code == 500 and "Something broke on our side" in answer.text
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Accept-Language" in answer.headers["Vary"]


def test_what_an_english_browser_sends_is_kept_in_the_offices_language(office: Office) -> None:
    asked(office)
    link = token(office, "tiskovy-mluvci", NEWSLETTER)
    with pages(office, ASKED) as at:
        base, visitor = at.settings.base_url, reader(ENGLISH)
        decided = {"decision": "return", "comment": "Kratší úvod.", "version": "1"}
        assert visitor.post(f"{base}/schvaleni/{link}", decided, timeout=10).status_code == 200
        edit = token(office, "koordinator", NEWSLETTER, Purpose.EDIT)
        edited = {"version": "1", "facebook-text.text": "x" * 600}
        assert visitor.post(f"{base}/uprava/{edit}", edited, timeout=10).status_code == 200
    with office.database.read() as tx:
        version = tx.execute(select(packages).where(packages.c.version == 2)).one()
        kept = tx.execute(select(drafts).where(drafts.c.package_id == version.id, drafts.c.kind == "facebook-text"))
        findings = kept.one().findings
    assert version.reason.startswith("Přepracováno po vrácení")
    assert any("znaků" in finding["message"] for finding in findings), findings
    work_at(office, ASKED)


def test_a_calendar_keeps_the_offices_language_whatever_its_program_asks_for(office: Office) -> None:
    work_at(office, ASKED)
    with office.database.write() as tx:
        calendar = sign_ins.new_address(tx, sign_ins.Purpose.CALENDAR, "koordinator", ASKED)
    with pages(office, ASKED) as at:
        feed = f"{at.settings.base_url}/kalendar/{calendar}"
        czech, english = (reader(language).get(feed, timeout=20).text for language in ("cs", ENGLISH))
    assert czech.startswith("BEGIN:VCALENDAR") and czech == english
