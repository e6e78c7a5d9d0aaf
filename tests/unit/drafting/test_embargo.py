"""An embargo stands at the top of everything a newsroom gets; a mail of a public kind names its public page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.unit.drafting.sample import NEWSLETTER, PRESS, ROOT, context, press_release
from worker.archive import reading
from worker.drafting.make import DEFAULT_TEMPLATES, Rendered, draft, freeze, redraft
from worker.drafting.public_page import public_address
from worker.drafting.samples import sample_fields
from worker.drafting.templating import Templates
from worker.kinds import all_kinds
from worker.kinds.parts import EMBARGO_FIELD
from worker.typed import moment_in

PAGE = public_address("https://hlasatel.example.org", PRESS)


def under(embargo: str) -> Rendered:
    first = press_release()
    return redraft("press-release", {**first.fields, "embargo": embargo}, first.material)


def words(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


CARRYING = sorted(each.id for each in all_kinds().values() if EMBARGO_FIELD in each.fields)


def laid_out(kind_id: str, embargo: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a kind with its sample words, without its files and its look."""
    kind = all_kinds()[kind_id]
    frozen = freeze(kind, context(kind_id, PRESS))
    layout = Templates(DEFAULT_TEMPLATES, kind, None)
    fields = {**layout.fields(frozen), **sample_fields(ROOT / "templates", kind_id), "embargo": embargo}
    seen = {**frozen, "images": {}}
    return layout.subject(fields, frozen), words(layout.text(fields, frozen)), words(layout.html(fields, seen))


def test_these_kinds_may_carry_one() -> None:
    assert CARRYING == [
        "consultation-settlement", "correction", "crisis-statement", "document-released", "news-item", "press-release",
        "survey-result",
    ]  # fmt: skip
    assert all(all_kinds()[each].public for each in CARRYING)


@pytest.mark.parametrize("kind", [each for each in CARRYING if all_kinds()[each].has_html])
def test_it_stands_above_everything_else_of_every_kind_and_not_on_its_page(kind: str) -> None:
    said = "EMBARGO do 12:00 v úterý 8. prosince 2026 (SEČ). Do té doby z tohoto sdělení prosím nic nezveřejňujte."
    subject, text, html = laid_out(kind, "8. 12. 2026 12:00")
    assert "s embargem" in subject and text.startswith(said)
    assert html.index(said) < html.index("<h1")
    assert "EMBARGO do 12:00" in html.partition("preheader")[2].partition("</div>")[0]
    assert "EMBARGO" not in reading.page(html, files="x/", leave="https://x.example.org", mark="")


@pytest.mark.parametrize("kind", CARRYING)
def test_without_one_no_kind_speaks_of_it(kind: str) -> None:
    assert not [part for part in laid_out(kind, "") if "embarg" in re.sub(r"\.embargo\b", "", part).lower()]


def test_what_editors_paste_says_nothing_of_it_but_its_subject_does() -> None:
    subject, text, _ = laid_out("news-item", "8. 12. 2026 12:00")
    assert subject.startswith("Aktualita na web s embargem: ") and "EMBARGO" not in text


def test_without_one_nothing_is_said() -> None:
    first = press_release()
    assert first.fields["embargo"] == "" and not any("embarg" in part.lower() for part in (first.subject, first.text))
    assert "EMBARGO" not in first.html


def test_it_stands_at_the_top_in_words() -> None:
    made = under("8. 12. 2026 v 12:00")
    said = "EMBARGO do 12:00 v úterý 8. prosince 2026 (SEČ). Do té doby z tohoto sdělení prosím nic nezveřejňujte."
    assert words(made.text).startswith(said) and said in words(made.html)
    assert made.subject.startswith("Tisková zpráva s embargem: ")
    assert not [each for each in made.findings if "embargo" in each.code]


@pytest.mark.parametrize(
    ("typed", "code", "level"),
    [
        ("do odvolání", "unreadable-embargo", "error"),
        ("8. 12. 2026", "unreadable-embargo", "error"),
        ("31. 2. 2027 10:00", "unreadable-embargo", "error"),
        ("7. 12. 2026 10:00", "embargo-over", "warning"),
    ],
)
def test_one_that_cannot_hold_is_a_finding(typed: str, code: str, level: str) -> None:
    of_the_day = {"occurrence": {"day": "2026-12-08"}, "sources": {}}
    for kind in CARRYING:
        found = all_kinds()[kind].lint({"embargo": typed}, of_the_day)
        assert [(each.code, each.level) for each in found if "embargo" in each.code] == [(code, level)], kind


@pytest.mark.parametrize(
    "typed",
    ["8. 12. 2026 12:00", "8. prosince 2026 ve 12.00 hod.", "8. prosince 2026, v 12:00 hodin", "2026-12-08T12:00"],
)
def test_a_moment_is_read_as_people_write_it(typed: str) -> None:
    assert moment_in(typed) == datetime(2026, 12, 8, 11, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "12:00", "8. 12. 2026 24:00", "8. 12. 12:00", "x" * 10_000])
def test_nothing_else_is_a_moment(typed: str) -> None:
    assert moment_in(typed) is None


def test_a_mail_of_a_public_kind_leads_to_its_page_and_that_does_not_lead_to_itself() -> None:
    made = draft("press-release", replace(context("press-release", PRESS), page=PAGE))
    assert f'href="{PAGE}"' in made.html and f"Zobrazit v prohlížeči: {PAGE}" in words(made.text)
    shown = reading.page(made.html, files=f"{PAGE}/press-release/", leave="https://x.example.org", mark="")
    assert PAGE not in shown and "Odhlásit" not in shown and "@@" not in shown
    assert '<base target="_top">' in shown and "<h1" in shown
    assert "Zobrazit" not in press_release().text


def test_a_kind_for_few_names_no_page() -> None:
    assert not all_kinds()["facebook-text"].public
    made = draft("facebook-text", replace(context("facebook-text", NEWSLETTER), page=PAGE))
    assert made.material["occurrence"]["page"] == ""
