"""A draft whose sending is moved: worded anew, or a person's words kept with a warning where they name the old day."""

from __future__ import annotations

import json
from datetime import date

import pytest
from babel.dates import get_month_names

from tests.unit.drafting.sample import newsletter, press_release
from worker.drafting.make import Rendered, redated, redraft
from worker.kinds.checks import names_day

OLD, NEW = date(2026, 12, 8), date(2026, 12, 15)


def warned(rendered: Rendered) -> set[str]:
    return {finding.code for finding in rendered.findings if finding.code.startswith("former-day")}


def test_an_unedited_draft_is_worded_for_the_new_day() -> None:
    first = press_release()
    moved = redated("press-release", first.fields, first.material, NEW, edited=False)
    assert moved.fields["domicile"] == "Liberec 15. prosince 2026"
    assert "15.\xa0prosince 2026" in moved.text
    assert "8.\xa0prosince" not in moved.text + moved.html
    assert moved.digest != first.digest
    assert warned(moved) == set()
    assert moved.material["sources"] == first.material["sources"]


def test_the_same_day_again_changes_nothing_that_goes_out() -> None:
    first = newsletter()
    assert redated("newsletter", first.fields, first.material, OLD, edited=False).digest == first.digest
    moved = redated("newsletter", first.fields, first.material, NEW, edited=False)
    assert redated("newsletter", moved.fields, moved.material, OLD, edited=False).digest == first.digest


def test_the_layout_of_an_edited_draft_gets_the_new_day_and_its_fields_stay() -> None:
    first = newsletter()
    fields = {**first.fields, "intro": "píšeme vám."}
    moved = redated("newsletter", fields, first.material, NEW, edited=True)
    assert moved.fields == fields
    assert "15.\xa0prosince 2026" in moved.html
    assert warned(moved) == set()


def test_an_edited_draft_warns_of_each_part_that_names_the_old_day() -> None:
    first = press_release()
    fields = {**first.fields, "headline": "Zasedání 8.12.2026", "perex": "V úterý 18. prosince 2026."}
    moved = redated("press-release", fields, first.material, NEW, edited=True)
    assert moved.fields == fields
    assert warned(moved) == {"former-day-headline", "former-day-domicile"}
    message = next(each.message for each in moved.findings if each.code == "former-day-domicile")
    assert "8. 12. 2026" in message
    assert "15. 12. 2026" in message


def test_the_warning_lasts_until_the_text_is_corrected() -> None:
    first = press_release()
    moved = redated("press-release", first.fields, first.material, NEW, edited=True)
    material = json.loads(json.dumps(moved.material))
    again = redated("press-release", moved.fields, material, date(2026, 12, 17), edited=True)
    assert warned(again) == {"former-day-domicile"}
    assert again.material["occurrence"]["moved_from"] == ["2026-12-08", "2026-12-15"]
    corrected = redraft("press-release", {**again.fields, "domicile": "Liberec 17. prosince"}, again.material)
    assert warned(corrected) == set()


def test_back_on_its_first_day_nothing_is_former() -> None:
    first = press_release()
    there = redated("press-release", first.fields, first.material, NEW, edited=True)
    back = redated("press-release", there.fields, there.material, OLD, edited=True)
    assert (warned(back), back.digest) == (set(), first.digest)


@pytest.mark.parametrize(
    "text",
    [
        "8. prosince",
        "v úterý 8.\xa0prosince 2026.",
        "K 8. prosinci",
        "8. Prosinec 2026",
        "1.–8. prosince",
        "8.12.",
        "08. 12. 2026",
        "2026-12-08",
    ],
)
def test_days_are_known_in_words_and_digits(text: str) -> None:
    assert names_day(text, OLD)


@pytest.mark.parametrize(
    "text", ["", "18. prosince", "8. prosince 2025", "8. 1. 2026", "9. prosince 2026", "2026-12-081", "28.12."]
)
def test_other_days_are_not_taken_for_it(text: str) -> None:
    assert not names_day(text, OLD)


def test_june_and_july_are_told_apart() -> None:
    words = {6: ("červen", "června", "červnu"), 7: ("červenec", "července", "červenci")}
    for month, forms in words.items():
        for form in forms:
            assert [each for each in range(1, 13) if names_day(f"3. {form} 2027", date(2027, each, 3))] == [month]


def test_each_month_is_known_by_its_genitive() -> None:
    for month, name in enumerate(get_month_names("wide", "format", "cs").values(), start=1):
        assert [each for each in range(1, 13) if names_day(f"3. {name}", date(2027, each, 3))] == [month]
