"""Which mailings go to the press and the office's own staff, and which rows forget the staff."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.unit.drafting.sample import CONFIG
from worker.audience.staff import before_press, doubts
from worker.plan.model import Plan
from worker.settings import load_lists

LISTS = load_lists(CONFIG)


@pytest.mark.parametrize(
    ("addressed", "first"),
    [
        (("media", "zamestnanci"), {"zamestnanci"}),
        (("zamestnanci", "media-celostatni", "obce"), {"zamestnanci"}),
        (("vsichni",), {"zamestnanci"}),
        (("media",), set()),
        (("zamestnanci", "obce"), set()),
        (("gone", "media"), set()),
        ((), set()),
    ],
)
def test_the_staff_is_first_where_the_press_is_addressed_too(addressed: tuple[str, ...], first: set[str]) -> None:
    assert before_press(LISTS, addressed) == first


def row(name: str, kind: str, *lists: str) -> Any:
    return SimpleNamespace(id=name, kinds=(kind,), lists=lists)


def test_a_row_that_mails_the_press_alone_is_told_of() -> None:
    rows = [
        row("zprava", "press-release", "media"),
        row("obema", "press-release", "media", "zamestnanci"),
        row("vsem", "newsletter", "vsichni"),
        row("obcim", "document-released", "obce"),
        row("clanek", "magazine-article", "media"),
    ]
    plan = cast(Plan, SimpleNamespace(activities=rows))
    ((told, sentence),) = doubts(plan, LISTS)
    assert told == "zprava" and "Přidejte do „lists“ seznam Zaměstnanci úřadu (zamestnanci)" in sentence
    assert doubts(plan, {key: each for key, each in LISTS.items() if key == "media-regionalni"}) == []
