"""Published articles: each address once, from a person, a table or a feed; what is removed stays removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.store.planned import BEGUN, offer
from worker.approval import choose
from worker.errors import HlasatelError, InvalidFiles
from worker.office import Office
from worker.plan.model import Window
from worker.record import events
from worker.reporting import articles, facts
from worker.reporting.articles import Given, What
from worker.reporting.articles_table import enter_all
from worker.reporting.content import gather
from worker.reporting.model import Indicator, Publisher
from worker.settings import Feed
from worker.settings.indicators import load_indicators
from worker.store.tables import feed_items

ONE = "https://obec.example.org/zprava/1"
NEWS = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TABLE = """\
Název;Adresa;Vydavatel;Obec;Datum
Rodina bydlí;https://obec.example.org/zprava/1;obec;Příkladov;5. 3. 2026
Nové byty;https://www.example.org/byty;Liberecký kraj;;06.04.2026
"""


def enter(office: Office, address: str = ONE, source: str = "hand", **given: Any) -> What:
    values: dict[str, Any] = {"title": "Rodina bydlí", "publisher": Publisher.MUNICIPALITY, "who": "Příkladov"} | given
    with office.database.write() as tx:
        return articles.enter(tx, Given(address, **values), BEGUN, person="koordinator", source=source)


def published(office: Office) -> list[tuple[str, date | None]]:
    with office.database.read() as tx:
        return [(each.title, each.day) for each in articles.published(tx, office)]


def remove(office: Office, which: str) -> None:
    with office.database.write() as tx:
        articles.remove(tx, which, BEGUN, reason="není o začleňování", person="koordinator")


def table(office: Office, folder: Path, text: str) -> list[What]:
    file = folder / "clanky.csv"
    file.write_bytes(text.encode("cp1250"))
    with office.database.write() as tx:
        return [row.what for row in enter_all(tx, office, file, BEGUN, person="koordinator")]


def indicator(office: Office, called: str) -> Indicator:
    with office.database.read() as tx:
        found = gather(tx, office, BEGUN, Window(date(2026, 1, 1), date(2026, 12, 31)))
    return next(each for each in found.indicators if each.id == called)


def test_one_address_counts_once_and_is_put_right_by_entering_it_again(office: Office) -> None:
    assert enter(office) is What.ADDED
    assert enter(office, "https://OBEC.example.org/zprava/1#dal", title="") is What.PRESENT
    assert enter(office, day=date(2026, 3, 5), title="") is What.CHANGED
    assert published(office) == [("Rodina bydlí", date(2026, 3, 5))]
    with pytest.raises(HlasatelError, match="název nebo vydavatel"):
        enter(office, "https://www.example.org/2", title="")
    with pytest.raises(HlasatelError, match="teprve přijde"):
        enter(office, "https://www.example.org/2", day=date(2027, 3, 5))
    with pytest.raises(HlasatelError, match="není webová adresa"):
        enter(office, "javascript:alert(1)")


def test_what_is_removed_comes_back_by_hand_alone(office: Office, tmp_path: Path) -> None:
    enter(office)
    remove(office, ONE)
    assert published(office) == []
    assert table(office, tmp_path, TABLE) == [What.REMOVED, What.ADDED]
    with pytest.raises(HlasatelError, match="zapsaný není"):
        remove(office, ONE)
    assert enter(office) is What.CHANGED
    assert len(published(office)) == 2
    with office.database.read() as tx:
        [gone] = events.of_kind(tx, "article.removed")
    assert gone.data["reason"] == "není o začleňování"


def test_a_table_is_taken_whole_or_not_at_all(office: Office, tmp_path: Path) -> None:
    bad = TABLE + "Bez dne;https://www.example.org/3;kraj;;\n;https://www.example.org/4;kdosi;;1. 1. 2026\n"
    with pytest.raises(InvalidFiles) as refused:
        table(office, tmp_path, bad)
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [(4, 5), (5, 1)]
    assert published(office) == []
    assert table(office, tmp_path, TABLE) == [What.ADDED, What.ADDED]
    assert table(office, tmp_path, TABLE) == [What.PRESENT, What.PRESENT]


def test_a_feed_that_counts_brings_each_once_and_none_that_was_removed(office: Office) -> None:
    counting = Feed(id="obec", name="Obec Příkladov", url="https://obec.example.org/rss", articles="municipality")
    quiet = Feed(id="jina", name="Jiná", url="https://jina.example.org/rss")
    with office.database.write() as tx:
        for number, feed in enumerate(("obec", "obec", "obec", "jina")):
            link = "" if number == 1 else f"https://obec.example.org/zprava/{number}"
            tx.execute(
                feed_items.insert().values(
                    feed=feed, key=bytes([number]) * 32, content=bytes([number]) * 32, title=f"Zpráva {number}",
                    link=link, summary="", published_at=NEWS if number else None, first_seen_at=NEWS, doubts=[],
                )
            )  # fmt: skip
        known = {each.id: each for each in (counting, quiet)}
        assert articles.take_from_feeds(tx, known, BEGUN) == 2
        assert articles.take_from_feeds(tx, known, BEGUN) == 0
    assert sorted(published(office)) == [("Zpráva 0", None), ("Zpráva 2", date(2026, 11, 20))]
    remove(office, "https://obec.example.org/zprava/2")
    with office.database.write() as tx:
        assert articles.take_from_feeds(tx, known, BEGUN) == 0


def test_an_indicator_is_the_length_of_its_list(office: Office) -> None:
    offer(office, "id: radnice\nwhen: prosinec 2026\nactivity: Články\nplace: řádek 1\n")
    assert indicator(office, "XIII/1").number is None
    enter(office, day=date(2026, 3, 5))
    enter(office, "https://noviny.example.org/1", day=date(2026, 3, 6), publisher=Publisher.OTHER)
    enter(office, "https://www.example.org/1", day=date(2025, 3, 6), publisher=Publisher.REGION)
    enter(office, "https://www.example.org/2", publisher=Publisher.REGION)
    found = indicator(office, "XIII/1")
    assert (found.number, found.name, dict(found.parts)) == (1, "Počet zveřejněných článků", {"obce": 1})
    assert [(item.source, item.addresses) for item in found.items] == [("article", (ONE,))]
    assert any("Liberecký kraj" in each for each in found.not_known)
    assert any("Řádek „clanek-magazin“" in each for each in found.not_known)


def test_an_article_that_an_occurrence_gives_as_its_own_counts_once_however_it_is_written(office: Office) -> None:
    offer(office, "id: clanek-magazin\nwhen: listopad 2026\nactivity: Článek\nplace: řádek 1\n")
    with office.database.write() as tx:
        own = "https://OBEC.example.org:443/zprava/1#dal"
        choose.done(tx, office, "clanek-magazin/2026-11", BEGUN, reason="vyšel", person="koordinator", address=own)
    enter(office, day=date(2026, 11, 20), publisher=Publisher.REGION)
    assert [item.source for item in indicator(office, "XIII/1").items] == ["occurrence"]


def test_what_only_a_person_knows_is_entered_once_and_taken_out_with_a_reason(office: Office) -> None:
    entries = load_indicators(office.settings.config)
    values: dict[str, Any] = {
        "title": "Housing First", "day": date(2026, 4, 5), "organiser": Publisher.MUNICIPALITY, "who": "Obec",
    }  # fmt: skip
    assert indicator(office, "XI/1").number is None
    with office.database.write() as tx:
        number, new = facts.note(tx, entries["XI/1"], BEGUN, address="", person="koordinator", **values)
        again = facts.note(tx, entries["XI/1"], BEGUN, address="", person="koordinator", **values)
        assert (new, again) == (True, (number, False))
        with pytest.raises(HlasatelError, match="ručně nic nezapisuje"):
            facts.note(tx, entries["XIII/1"], BEGUN, address="", person="koordinator", **values)
    found = indicator(office, "XI/1")
    assert (found.number, dict(found.parts)) == (1, {"obce": 1})
    with office.database.write() as tx:
        facts.forget(tx, number, BEGUN, reason="konalo se jindy", person="koordinator")
        with pytest.raises(HlasatelError, match="se už nepočítá"):
            facts.forget(tx, number, BEGUN, reason="", person="koordinator")
    assert indicator(office, "XI/1").number is None


def test_an_office_without_indicators_has_none(office: Office, tmp_path: Path) -> None:
    bare = replace(office, settings=replace(office.settings, config=tmp_path))
    with office.database.read() as tx:
        assert gather(tx, bare, BEGUN, Window(date(2026, 1, 1), date(2026, 12, 31))).indicators == ()
