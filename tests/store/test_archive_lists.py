"""What leads a visitor to the public texts: pages by year, theme and kind, the search, the feeds; and the statement."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import null, update

from tests.store.desk import begin
from tests.store.sample import PRESS
from tests.store.test_archive import LATER, public, write
from worker.archive import search, views
from worker.office import Office
from worker.settings.organisation import Accessibility
from worker.store.tables import drafts, mailings, occurrences, withdrawals

END = datetime(2026, 12, 8, 11, 0, tzinfo=UTC)
LISTS = ("/archiv", "/archiv/rok-2026", "/archiv/tema-bydleni", "/archiv/druh-press-release")
FOUND = ("/archiv/hledani?q=otevrel+PORADNU", "/archiv/atom.xml", "/archiv/feed.json")
OTHER = "zprava-pro-obce/2025"


def about(office: Office, *topics: str, occurrence: str = PRESS) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == occurrence).values(topics=list(topics)))


def gone(office: Office, occurrence: str = PRESS) -> None:
    with office.database.write() as tx:
        why = {"occurrence_id": occurrence, "reason": "Údaje nebyly ověřené.", "person": "koordinator", "at": LATER}
        tx.execute(withdrawals.insert().values(why))


def test_every_way_to_a_text_opens_at_the_very_end_of_its_embargo(office: Office) -> None:
    begin(office, 1)
    about(office, "bydleni")
    write(office, headline="Kraj otevřel poradnu", perex="Otevřel poradnu.", embargo="8. prosince 2026 v 12:00")
    with public(office) as visitor:
        for path in (*LISTS, *FOUND):
            before = visitor.words(path, END - timedelta(seconds=1))
            assert "oradnu" not in before.replace("PORADNU", "") and PRESS not in before, path
            assert PRESS in visitor.words(path, END), path
        assert visitor.get(LISTS[1], END - timedelta(seconds=1)).status_code == 404


def test_each_part_leads_to_its_texts_alone(office: Office) -> None:
    begin(office, 1)
    begin(office, 1, kind="newsletter", occurrence=OTHER, lists=("obce",))
    about(office, "bydleni")
    with office.database.write() as tx:
        earlier = update(mailings).where(mailings.c.occurrence_id == OTHER)
        tx.execute(earlier.values(frozen_at=datetime(2025, 6, 1, tzinfo=UTC)))
    with public(office) as visitor:
        everything = visitor.words("/archiv")
        for path in (*LISTS[1:], "/archiv/rok-2025", "/archiv/druh-newsletter"):
            assert f'href="{visitor.base}{path}">' in everything, path
            shown = visitor.get(path)
            assert shown.status_code == 200 and shown.headers["X-Robots-Tag"] == "all", path
            assert f'href="{visitor.base}{path}" aria-current="page"' in shown.text
            newer = path in LISTS
            assert (f"/archiv/{PRESS}" in shown.text, f"/archiv/{OTHER}" in shown.text) == (newer, not newer), path
        for nowhere in ("rok-2024", "tema-dluhy", "druh-poster", "strana-2", "rok-2026-strana-2", "rok-2026-strana-1"):
            assert visitor.get(f"/archiv/{nowhere}").status_code == 404, nowhere


def test_the_themes_that_a_person_chose_stand_before_those_of_the_row(office: Office) -> None:
    begin(office, 1)
    about(office, "bydleni")
    with public(office) as visitor:
        for chosen, there in ((None, ["bydleni"]), (["dluhy"], ["dluhy"]), ([], [])):
            with office.database.write() as tx:
                tx.execute(update(occurrences).values(themes=chosen if chosen is not None else null()))
            listed = visitor.get("/archiv").text
            assert [each for each in ("bydleni", "dluhy") if f"/archiv/tema-{each}" in listed] == there, chosen


def test_a_long_list_goes_on_from_page_to_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PER_PAGE", 1)
    begin(office, 1)
    begin(office, 1, occurrence=OTHER, lists=("obce",))
    with public(office) as visitor:
        first, second = visitor.words("/archiv"), visitor.words("/archiv/strana-2")
        assert "strana 1 z 2" in first and f'rel="next" href="{visitor.base}/archiv/strana-2"' in first
        assert "strana 2 z 2" in second and f'rel="prev" href="{visitor.base}/archiv"' in second
        assert (f"/archiv/{OTHER}" in first) != (f"/archiv/{OTHER}" in second)


def test_a_search_finds_every_word_by_its_beginning(office: Office) -> None:
    begin(office, 1)
    about(office, "bydleni")
    with office.database.write() as tx:
        tx.execute(
            update(drafts).values(text="@@greeting@@\n\nPříští týden otevíráme dluhovou poradnu.\n\n-- \nOdhlásit")
        )
    with public(office) as visitor:
        for query in ("pristi", "PŘÍŠTÍ dluh", "poradn, otevir", "zprava poradnu", "bydleni"):
            assert PRESS in visitor.get(f"/archiv/hledani?q={query}").text, query
        for query in ("risti", "yden", "prisst", "poradnu zítra", "odhlasit", "greeting", "%25", "_", "'", "%00"):
            assert PRESS not in visitor.get(f"/archiv/hledani?q={query}").text, query
        found = visitor.get("/archiv/hledani?q=dluh")
        assert found.headers["X-Robots-Tag"] == "noindex" and 'value="dluh"' in found.text
        assert "Napište prosím, co hledáte" in visitor.words("/archiv/hledani?q=…")
        assert "Napište prosím, co hledáte" in visitor.words("/archiv/hledani")
        odd = visitor.get('/archiv/hledani?q="><script>')
        assert odd.status_code == 200 and "<script>" not in odd.text
        assert len(visitor.get("/archiv/hledani?q=" + "x" * 5000).text) < 6000


def test_a_search_shows_so_many_and_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_FOUND", 1)
    begin(office, 1)
    begin(office, 1, occurrence=OTHER, lists=("obce",))
    with public(office) as visitor:
        shown = visitor.words("/archiv/hledani?q=poradnu")
        assert "více než 1" in shown and shown.count("/archiv/zprava") + shown.count("/archiv/tiskova") == 1


def test_a_search_reads_so_much_and_no_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(office, 1)
    with office.database.write() as tx:
        tx.execute(update(drafts).values(text="Úvod a mnohem delší pokračování"))
    for most, longest, found in ((1, 4, (True, False)), (0, 100, (False, False)), (1, 100, (True, True))):
        monkeypatch.setattr(search, "MOST_TEXTS", most)
        monkeypatch.setattr(search, "LONGEST_TEXT", longest)
        with public(office) as visitor:
            queries = ("uvod", "pokracovani")
            assert tuple(PRESS in visitor.get(f"/archiv/hledani?q={each}").text for each in queries) == found
            assert PRESS in visitor.get("/archiv/hledani?q=otevrel").text, "its title is always searched"


def test_what_was_withdrawn_is_found_by_no_word_of_its_text(office: Office) -> None:
    begin(office, 1)
    with office.database.write() as tx:
        tx.execute(update(drafts).values(text="Otevíráme dluhovou poradnu."))
    with public(office) as visitor:
        assert PRESS in visitor.get("/archiv/hledani?q=dluhovou").text  # and the index knows it from now on
        gone(office)
        assert PRESS not in visitor.get("/archiv/hledani?q=dluhovou").text
        assert "Staženo" in visitor.get("/archiv/rok-2026").text
        [entry] = json.loads(visitor.get("/archiv/feed.json").content)["items"]
        assert entry["title"].startswith("Staženo") and entry["content_text"] == "Údaje nebyly ověřené."


def test_both_feeds_are_announced_and_the_same_for_everybody(office: Office) -> None:
    begin(office, 1)
    with public(office) as visitor:
        for path in ("/archiv", f"/archiv/{PRESS}"):
            listed = visitor.get(path).text
            for sort, title, name in (("atom+xml", "Atom", "atom.xml"), ("feed+json", "JSON Feed", "feed.json")):
                link = f'type="application/{sort}" title="Odebírat novinky ({title})"'
                assert f'<link rel="alternate" {link} href="{visitor.base}/archiv/{name}">' in listed, path
        answer = visitor.get("/archiv/feed.json")
        assert answer.headers["Content-Type"] == "application/feed+json"
        [entry] = json.loads(answer.content)["items"]
        assert entry["url"] == f"{visitor.base}/archiv/{PRESS}" and entry["date_published"] == "2026-12-08T09:00:00Z"


STATEMENT = {
    "conformance": "partial", "exceptions": ["Naskenovaná příloha nemá text."], "prepared": date(2026, 11, 20),
    "method": "Posoudil ji úřad sám.", "contact": ["Tiskové oddělení"], "remedy": "Obraťte se na dozorový úřad.",
}  # fmt: skip


def test_the_statement_says_what_the_office_filled_in(office: Office) -> None:
    filled = replace(office, settings=replace(office.settings, accessibility=Accessibility.model_validate(STATEMENT)))
    with public(filled) as visitor:
        shown = visitor.words("/pristupnost")
        for words in ("příloha nemá text", "Posoudil ji úřad", "Tiskové oddělení", "20. listopadu 2026", "částečně"):
            assert words in shown, words
        assert f'href="{visitor.base}/pristupnost"' in visitor.get("/archiv").text


def test_without_its_facts_nothing_is_claimed(office: Office) -> None:
    with public(office) as visitor:
        shown = visitor.words("/pristupnost")
        assert "teprve připravuje" in shown and "souladu" not in shown


@pytest.mark.parametrize(
    "changed",
    [{"exceptions": []}, {"conformance": "full"}, {"conformance": "zcela"}, {"contact": []}, {"prepared": "x"}],
)
def test_a_statement_that_contradicts_itself_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Accessibility.model_validate(STATEMENT | changed)
