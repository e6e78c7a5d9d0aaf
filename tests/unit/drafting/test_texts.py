"""What the drafts say: only facts of the plan, the measures and the configuration, each status with its date."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context, newsletter, press_release
from worker.drafting.make import Rendered, draft
from worker.sources import Published

NBSP = "\N{NO-BREAK SPACE}"
SENT = Published(
    "tiskova-zprava/2026-09", "Kraj zve k setkání", "press-release", datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
)
LAST_YEARS = Published("newsletter/2025", "Informace", "newsletter", datetime(2025, 12, 9, 9, 0, tzinfo=UTC))


def spaces(text: str) -> str:
    return text.replace(NBSP, " ")


def codes(draft: Rendered) -> list[str]:
    return [finding.code for finding in draft.findings]


def test_the_december_press_release_has_all_parts() -> None:
    first = press_release()
    assert [finding for finding in first.findings if finding.level == "error"] == []
    assert (
        first.fields["headline"] == "V roce 2027 uplyne termín u 93 opatření krajské strategie sociálního začleňování"
    )
    assert first.fields["domicile"] == "Liberec 8. prosince 2026"
    assert "91 opatření a 18 plněno nebylo" in first.fields["perex"]
    assert "bylo splněno 1, plněno 22, částečně plněno 68 a neplněno 18" in first.fields["body"]
    assert "mluvci@liberecky-kraj.example.org" in first.fields["contact"]
    assert codes(first) == ["left-out-contributions", "measures-old"]


@pytest.mark.parametrize(
    ("kind", "occurrence"),
    [("press-release", PRESS), ("newsletter", NEWSLETTER), ("facebook-text", PRESS), ("facebook-text", NEWSLETTER)],
)
def test_no_status_stands_without_its_date(kind: str, occurrence: str) -> None:
    first = draft(kind, context(kind, occurrence))
    for name, text in first.fields.items():
        for paragraph in re.split(r"\n\n", text):
            if re.search(r"plněn\w* \d|\d+ plněno|plnil\w \d", paragraph):
                assert "31. prosinci 2023" in paragraph, (name, paragraph)


def test_the_headline_of_september_looks_at_the_state() -> None:
    first = draft("press-release", context("press-release", "tiskova-zprava/2026-09"))
    assert first.fields["headline"] == (
        "Sociální začleňování: k 31. prosinci 2023 se alespoň zčásti plnilo 91 opatření kraje"
    )
    assert "Veřejné setkání: listopad 2026" in first.fields["body"]


def test_the_last_press_release_of_the_plan_promises_nothing() -> None:
    first = draft("press-release", context("press-release", "tiskova-zprava/2027-12"))
    assert "O dalším postupu" not in first.fields["body"]
    assert first.fields["body"].startswith("Z celkem 109 opatření strategie podle dokumentu")


def test_an_empty_record_leaves_the_section_out_and_says_why() -> None:
    first = newsletter()
    assert [finding for finding in first.findings if finding.level == "error"] == []
    assert codes(first) == [
        "left-out-published", "left-out-partners", "left-out-calendar", "left-out-contributions", "measures-old",
    ]  # fmt: skip
    assert "v evidenci není nic" in first.findings[0].message
    assert first.material["sources"]["sent"]["reason"] == "drafting.nothing_published"
    assert "Co jsme zveřejnili" not in first.html
    assert "CO JSME ZVEŘEJNILI" not in first.text


def test_what_was_published_since_the_last_newsletter() -> None:
    first = newsletter([SENT, LAST_YEARS], LAST_YEARS.sent_at)
    assert first.fields["published"] == "- Tisková zpráva „Kraj zve k setkání“ (8. září 2026)"
    assert "za období od 9. prosince 2025, kdy vyšla naposledy" in first.fields["intro"]
    assert "Co jsme zveřejnili" in first.html
    assert codes(first) == ["left-out-partners", "left-out-calendar", "left-out-contributions", "measures-old"]


def test_assumed_days_are_called_so() -> None:
    upcoming = newsletter().fields["upcoming"]
    assert "- **Září 2027:** Tiskové zprávy, předpoklad 14. září 2027" in upcoming
    assert upcoming.endswith("Dny označené jako předpoklad plán neurčuje a mohou se změnit.")


def test_the_text_part_has_the_measures_as_a_table() -> None:
    text = spaces(newsletter().text)
    assert "XIII. PR a komunikace\n      splněno  1 | plněno  1 | částečně  2 | neplněno  0 | celkem   4\n" in text
    assert "      splněno  1 | plněno 22 | částečně 68 | neplněno 18 | celkem 109\n" in text


def test_facebook_texts_differ_by_what_they_accompany() -> None:
    press, yearly = (draft("facebook-text", context("facebook-text", each)) for each in (PRESS, NEWSLETTER))
    assert press.fields["text"].startswith("V roce 2027 uplyne termín u 93")
    assert yearly.fields["text"].startswith("Rozesíláme pravidelnou informaci")
    for first in (press, yearly):
        assert first.html == ""
        assert len(first.fields["text"]) < 477
        assert f"({len(first.fields['text'])} znaků)" in spaces(first.subject)
        assert codes(first) == ["measures-old"]


def test_a_fresh_state_is_not_called_old() -> None:
    first = draft("press-release", context("press-release", "tiskova-zprava/2024-09"))
    assert codes(first) == ["left-out-contributions"]
