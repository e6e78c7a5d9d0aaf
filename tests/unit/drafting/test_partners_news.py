"""The newsletter's section "Z webů partnerů": what partners wrote, printed as it stands, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.drafting.sample import CONFIG, NEWSLETTER, context, organisation, people, plan, sources_context
from worker.drafting.make import Rendered, draft
from worker.drafting.proof import ProofOffice, template_faults
from worker.kinds import all_kinds
from worker.office import TEMPLATES
from worker.sources import gather
from worker.sources.base import FeedItem, FeedNews, SilentFeed
from worker.template_folder import TemplateFolder

DAY = datetime(2026, 11, 20, 10, tzinfo=UTC)


def item(number: int, title: str = "", link: str = "https://obec.example.org/1", *doubts: str) -> FeedItem:
    return FeedItem(number, "Obec (aktuality)", "obec", title or f"Zpráva {number}", link, DAY, doubts)


def newsletter(items: Sequence[FeedItem], silent: Sequence[SilentFeed] = (), ever_read: int = 1) -> Rendered:
    found = FeedNews(tuple(items), tuple(silent), known=2, ever_read=ever_read)
    reads = replace(sources_context(NEWSLETTER), feed_news=lambda since, until: found)
    material = gather(all_kinds()["newsletter"].sources, reads)
    return draft("newsletter", replace(context("newsletter", NEWSLETTER), material=material))


def told(made: Rendered) -> dict[str, str]:
    return {finding.code: finding.message for finding in made.findings}


def test_news_stand_with_link_source_and_day() -> None:
    made = newsletter([item(1, "Nová poradna", "https://obec.example.org/1?a=b&copy=2")])
    assert made.fields["partners"] == (
        "- [Nová poradna](<https://obec.example.org/1?a=b&copy=2>) – Obec (aktuality), 20. listopadu 2026"
    )
    assert 'href="https://obec.example.org/1?a=b&amp;copy=2"' in made.html
    assert "(https://obec.example.org/1?a=b&copy=2)" in made.text
    assert "výběr zpráv z webů našich partnerů" in made.fields["intro"]
    assert "left-out-partners" not in told(made)


@pytest.mark.parametrize(
    "title",
    [
        "{{ 7 * 7 }} {% for x in y %} {# z #}",
        "[odkaz](javascript:alert(1)) **tučně** `kód`",
        "<script>alert(1)</script> &lt;b&gt; &amp;",
        "![obrázek](https://pocitadlo.example.org/1.gif) <https://jinam.example.org>",
        "1. máje # nadpis | sloupec ~~škrt~~ \\ konec",
    ],
)
def test_whatever_a_title_spells_is_printed_as_it_stands(title: str) -> None:
    made = newsletter([item(1, title)])
    shown = " ".join(made.text.replace("\u00a0", " ").split())
    assert title in shown
    section = made.html.split("webů partnerů</h2>")[1].split("<h2")[0]
    assert section.count("<a ") == 1 and "<script" not in section and "<img" not in section


@pytest.mark.parametrize("doubt", ["turned", "no-link", "foreign-host"])
def test_what_may_not_be_what_it_looks_like_is_flagged(doubt: str) -> None:
    made = newsletter([item(7, "Podivná zpráva", "", doubt)])
    assert "„Podivná zpráva“ (Obec (aktuality))" in told(made)[f"feeds-{doubt}-7"]
    assert "look-alike-partners" in told(newsletter([item(8, "Česká sp\u043eřitelna varuje")]))
    without = draft("newsletter", context("newsletter", NEWSLETTER))
    assert not [code for code in told(without) if code.startswith("feeds-")]


def test_without_anything_new_the_section_is_left_out_and_says_why() -> None:
    for known, reason in ((newsletter([]), "nic nového"), (newsletter([], ever_read=0), "zatím nepodařilo načíst")):
        assert reason in told(known)["left-out-partners"]
        assert "partnerů</h2>" not in known.html and "PARTNERŮ" not in known.text
        assert [finding for finding in known.findings if finding.level == "error"] == []
    none = draft("newsletter", context("newsletter", NEWSLETTER))
    assert "není žádný kanál" in told(none)["left-out-partners"]


def test_feeds_that_cannot_be_read_are_named_beside_those_that_can() -> None:
    made = newsletter([item(1)], [SilentFeed("Jiná obec", DAY - timedelta(days=8)), SilentFeed("Třetí obec", None)])
    assert "Jiná obec (naposledy 12. 11. 2026), Třetí obec" in told(made)["feeds-silent"]
    assert "feeds-silent" not in told(newsletter([], [SilentFeed("Jiná obec", None)], ever_read=0))


def test_the_newest_of_several_sites_share_the_section() -> None:
    loud = [item(number) for number in range(10)]
    quiet = [replace(item(number), feed="jina", source="Jiná obec") for number in range(10, 20)]
    assert newsletter([*loud, *quiet]).fields["partners"].count("\n") == 7
    found = newsletter([*loud, *quiet]).material["sources"]["feeds"]["items"]
    assert [each["id"] for each in found] == [0, 1, 2, 3, 10, 11, 12, 13]


def test_news_are_looked_for_since_the_last_issue_and_no_further_than_two_months() -> None:
    spans = []

    def noted(since: datetime, until: datetime) -> FeedNews:
        spans.append((since, until))
        return FeedNews()

    reads = replace(sources_context(NEWSLETTER), feed_news=noted)
    for last in (None, reads.now - timedelta(days=10), reads.now - timedelta(days=300)):
        gather(("feeds",), replace(reads, last_sent=last))
    assert [(until - since).days for since, until in spans] == [60, 10, 60]


def test_a_template_of_the_section_is_proved_with_news(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    file = own / "email/newsletter/fields/partners.md"
    file.parent.mkdir(parents=True)
    file.write_text('{% for item in sources.feeds["items"] %}\n- {{ item.nazev }}\n{% endfor %}\n', encoding="utf-8")
    office = ProofOffice(organisation(), people()["koordinator"], CONFIG, TemplateFolder(TEMPLATES, own))
    [fault] = template_faults(office, plan(), DAY)
    assert (fault.file, fault.line) == (str(file), 2)
