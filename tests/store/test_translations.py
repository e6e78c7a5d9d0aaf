"""Translators: called once there is a draft, what they send is a part of it, what comes late is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Row

from tests.fixtures.pages import pages, reader
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, hold, recorded, state, words, work_at
from tests.store.planned import with_file
from tests.store.test_contributions import BEGUN, DRAFTED, ON_SQLITE, link, mails
from worker.approval import rework
from worker.approval.cases import NoSuchLink, NotNow, Unfinished
from worker.contributions import translating
from worker.drafting import packages
from worker.jobs.call_translators import CallTranslators
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.settings import Person
from worker.times import Clock

ROW = """\
id: zprava
activity: Tisková zpráva
place: řádek 1
dates: [8. 12. 2026]
kinds: [press-release, facebook-text, news-item]
lists: [media]
approvers: [tiskovy-mluvci]
contributors: [prekladatelka]
"""
ID, TRANSLATOR = "zprava/2026-12-08", "prekladatelka"
MINUTE = timedelta(minutes=1)
REMINDED = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
UKRAINIAN = "## Заголовок\n\nПерше речення. Друге речення про **допомогу**." + " Ще одне речення." * 12
"""Many short sentences, whose capitals the Czech rules do not know."""


def with_translator(office: Office) -> Office:
    whom = Person(
        id=TRANSLATOR, name="Překladatelka", role="překládá", email="preklady@urad.example.org",
        greeting="Vážená paní překladatelko", translates="uk",
    )  # fmt: skip
    return replace(office, people={**office.people, TRANSLATOR: whom})


@pytest.fixture
def drafted(office: Office, relay: ScriptedRelay, tmp_path: Path) -> Office:
    """An office whose press release was drafted a minute ago; somebody translates it."""
    drafted = with_file(with_translator(office), tmp_path / "schedules.yaml", ROW)
    work_at(drafted, BEGUN)
    work_at(drafted, DRAFTED)
    return drafted


def version(office: Office) -> Row[Any]:
    with office.database.read() as tx:
        package = packages.latest(tx, ID)
    assert package is not None
    return package


def drafts(office: Office) -> dict[str, Row[Any]]:
    with office.database.read() as tx:
        return {draft.kind: draft for draft in packages.drafts_of(tx, version(office).id)}


def remarks(office: Office) -> set[str]:
    return {finding["code"] for finding in drafts(office)["press-release"].findings}


@ON_SQLITE
def test_she_is_called_for_the_draft_and_what_she_sends_becomes_a_part_of_it(
    drafted: Office, relay: ScriptedRelay
) -> None:
    (mail,) = mails(drafted, relay, TRANSLATOR)
    assert mail["Subject"] == "Prosba o překlad do 1. 12. 10:00: Tisková zpráva, 8. 12. 2026"
    assert "prosíme o překlad do ukrajinštiny do 10:00 v úterý 1. prosince 2026 (SEČ)" in words(mail)
    assert "left-out-translation" in remarks(drafted)
    assert "left-out-translation" not in {each["code"] for each in drafts(drafted)["news-item"].findings}, "one text"
    before = drafts(drafted)
    translating.give(drafted, link(drafted, relay, TRANSLATOR), UKRAINIAN, DRAFTED + MINUTE, version=1)
    after = drafts(drafted)
    assert version(drafted).version == 2 and version(drafted).author is None, "she submits nothing for an approval"
    assert not {code for code in remarks(drafted) if "translation" in code}
    release = after["press-release"]
    assert '<div lang="uk">' in release.html and "допомогу</strong>" in release.html
    assert "УКРАЇНСЬКОЮ\n\nЗаголовок\n\nПерше речення." in release.text
    assert [after[kind].digest for kind in ("facebook-text", "news-item")] == [
        before[kind].digest for kind in ("facebook-text", "news-item")
    ]
    work_at(drafted, REMINDED)
    assert [each["Subject"][:24] for each in mails(drafted, relay, TRANSLATOR)[1:]] == ["Děkujeme, překlad máme: "]
    assert any(each["Subject"].startswith("Překlad je v textu") for each in mails(drafted, relay, "koordinator"))
    assert {"translation.called", "translation.given"} <= set(recorded(drafted))
    work_at(drafted, ASKED)
    assert state(drafted, ID) == "asked" and drafts(drafted)["press-release"].digest == release.digest


@ON_SQLITE
def test_without_it_the_text_is_asked_for_all_the_same_and_says_so(drafted: Office, relay: ScriptedRelay) -> None:
    work_at(drafted, ASKED)
    assert state(drafted, ID) == "asked" and "left-out-translation" in remarks(drafted)
    mail = next(each for each in mails(drafted, relay, "tiskovy-mluvci") if each["Hlasatel-Occurrence"] == ID)
    assert "Překlad do ukrajinštiny v textu není" in words(mail)
    late = link(drafted, relay, TRANSLATOR)
    with pytest.raises(NotNow, match="text už jde dál bez něj"):
        translating.give(drafted, late, UKRAINIAN, ASKED, version=1)
    assert version(drafted).version == 1


@ON_SQLITE
def test_whoever_has_sent_nothing_is_reminded_once_a_working_day_before(drafted: Office, relay: ScriptedRelay) -> None:
    with at_work(drafted, DRAFTED) as shift:
        assert CallTranslators().next_at(shift, DRAFTED) == REMINDED
    for at in (REMINDED - MINUTE, REMINDED, REMINDED + MINUTE):
        work_at(drafted, at)
        expected = [] if at < REMINDED else ["Připomenutí, překlad do 1. 12. 10:00: Tisková zpráva, 8. 12. 2026"]
        assert [each["Subject"] for each in mails(drafted, relay, TRANSLATOR)[1:]] == expected
    assert "translation.reminded" in recorded(drafted)


@ON_SQLITE
def test_one_that_comes_in_the_minute_before_nobody_is_asked_yet_counts(drafted: Office, relay: ScriptedRelay) -> None:
    given = link(drafted, relay, TRANSLATOR)
    translating.give(drafted, given, UKRAINIAN, ASKED - MINUTE, version=1)
    with pytest.raises(NotNow, match="Český text se mezitím změnil"):
        translating.give(drafted, given, "Інше.", ASKED - MINUTE, version=1)
    translating.give(drafted, given, "Інше.", ASKED - MINUTE, version=2)
    translating.give(drafted, given, " Інше.\r\n", ASKED - MINUTE, version=3)
    assert version(drafted).version == 3, "the very same is no new version"
    with pytest.raises(NotNow, match="text už jde dál bez něj"):
        translating.give(drafted, given, UKRAINIAN, ASKED, version=3)


@ON_SQLITE
def test_a_czech_text_that_changed_since_is_told_until_the_translation_is_mended(
    drafted: Office, relay: ScriptedRelay
) -> None:
    translating.give(drafted, link(drafted, relay, TRANSLATOR), UKRAINIAN, DRAFTED + MINUTE, version=1)
    with drafted.database.write() as tx:
        edit = links.mint(
            tx, Purpose.EDIT, person="koordinator", sent_to=drafted.person("koordinator").email, occurrence_id=ID,
            package_id=version(drafted).id, now=DRAFTED,
        )  # fmt: skip
    changed = {"press-release": {"headline": "Nový titulek"}}
    rework.resubmit(drafted, edit, changed, DRAFTED + 2 * MINUTE, version=2)
    assert "translation-former" in remarks(drafted)
    mended = {"press-release": {"translation": "Новий заголовок"}}
    rework.resubmit(drafted, edit, mended, DRAFTED + 3 * MINUTE, version=3)
    assert not {code for code in remarks(drafted) if "translation" in code}
    rework.resubmit(drafted, edit, {"press-release": {"translation": ""}}, DRAFTED + 4 * MINUTE, version=4)
    assert "left-out-translation" in remarks(drafted)
    assert "Українською" not in drafts(drafted)["press-release"].html


@ON_SQLITE
def test_nobody_is_called_twice_or_for_what_has_no_part_for_a_translation(
    drafted: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    work_at(drafted, DRAFTED + MINUTE)
    assert len(mails(drafted, relay, TRANSLATOR)) == 1
    facebook = ROW.replace("zprava", "prispevek").replace("press-release, facebook-text, news-item", "facebook-text")
    both = with_file(drafted, tmp_path / "schedules.yaml", ROW, facebook)
    work_at(both, DRAFTED + 2 * MINUTE)
    assert state(both, "prispevek/2026-12-08") == "preparing"
    assert len(mails(drafted, relay, TRANSLATOR)) == 1


@ON_SQLITE
def test_whoever_is_called_late_is_not_reminded_of_what_has_just_come(
    office: Office, relay: ScriptedRelay, tmp_path: Path
) -> None:
    late = with_file(with_translator(office), tmp_path / "schedules.yaml", ROW)
    for at in (REMINDED, REMINDED + MINUTE, REMINDED + 2 * MINUTE):
        work_at(late, at)
    assert [each["Subject"][:6] for each in mails(late, relay, TRANSLATOR)] == ["Prosba"]


@ON_SQLITE
def test_nobody_is_called_while_everything_is_held(office: Office, relay: ScriptedRelay, tmp_path: Path) -> None:
    held = with_file(with_translator(office), tmp_path / "schedules.yaml", ROW)
    work_at(held, BEGUN)
    hold(held, BEGUN, DRAFTED + timedelta(days=1))
    work_at(held, DRAFTED)
    assert mails(held, relay, TRANSLATOR) == []


@ON_SQLITE
def test_unfit_texts_and_others_links_change_nothing(drafted: Office, relay: ScriptedRelay) -> None:
    own = link(drafted, relay, TRANSLATOR)
    for text in ("  ", "x" * (translating.LONGEST + 1), "a\x07"):
        with pytest.raises(Unfinished):
            translating.give(drafted, own, text, DRAFTED + MINUTE, version=1)
    with drafted.database.write() as tx:
        others = links.mint(
            tx, Purpose.CONTRIBUTE, person="asz", sent_to=drafted.person("asz").email, occurrence_id=ID,
            package_id=None, now=DRAFTED,
        )  # fmt: skip
    for wrong in (others, "neznamy"):
        with pytest.raises(NoSuchLink):
            translating.give(drafted, wrong, UKRAINIAN, DRAFTED + MINUTE, version=1)
    assert version(drafted).version == 1
    translating.give(drafted, own, f"Текст http://127.0.0.1:8080/prispevek/{own}", DRAFTED + MINUTE, version=1)
    kept = drafts(drafted)["press-release"].fields["translation"]
    assert kept.startswith("Текст") and own not in kept, "whoever reads the text could write in her name"


@ON_SQLITE
def test_the_page_shows_the_czech_text_takes_the_translation_and_keeps_what_was_typed(
    drafted: Office, relay: ScriptedRelay
) -> None:
    at = DRAFTED + MINUTE
    with pages(drafted, Clock(lambda: at, simulated=True)) as served:
        address, visitor = f"{served.settings.base_url}/prispevek/{link(drafted, relay, TRANSLATOR)}", reader()

        def post(**form: str) -> requests.Response:
            return visitor.post(address, data=form, timeout=10, allow_redirects=False)

        shown = visitor.get(address, timeout=10).text
        assert drafts(drafted)["press-release"].fields["headline"] in shown and 'lang="uk"' in shown
        assert post(text="Текст", version="x").status_code == 400
        refused = post(text="Текст", version="7")
        assert refused.status_code == 409 and "Текст</textarea>" in refused.text
        kept = post(text="Текст {{ fields }}", version="1")
        assert kept.status_code == 303 and kept.headers["Location"] == f"{address}?ulozeno"
        again = visitor.get(kept.headers["Location"], timeout=10).text
        assert "Děkujeme, překlad" in again and "Текст {{ fields }}</textarea>" in again
        at = ASKED
        closed = visitor.get(address, timeout=10).text
        assert "text už jde dál bez něj" in closed.replace("\N{NO-BREAK SPACE}", " ") and "<form" not in closed
    assert "Текст {{ fields }}" in drafts(drafted)["press-release"].text
