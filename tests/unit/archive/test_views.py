"""The archive in parts and pages: what each holds, and that an address names exactly one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.archive.made_up import item
from worker.archive import views
from worker.archive.views import PER_PAGE, View


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("rok-2026", View("rok", "2026")),
        ("tema-socialni-sluzby", View("tema", "socialni-sluzby")),
        ("druh-press-release", View("druh", "press-release")),
        ("strana-2", View(page=2)),
        ("rok-2026-strana-12", View("rok", "2026", 12)),
    ],
)
def test_a_name_and_its_view(name: str, view: View) -> None:
    assert views.named(name) == view and view.name == name


@pytest.mark.parametrize(
    "name",
    ["strana-1", "rok-2026-strana-1", "strana-02", "strana-123456", "rok-", "rok", "den-2026", "strana-2-strana-3",
     "rok-2026-strana-", "-strana-2", "rok-2026/..", "ROK-2026", "rok-2026\n"],
)  # fmt: skip
def test_no_view_has_two_names(name: str) -> None:
    found = views.named(name)
    assert found is None or (found.name == name and views.shown([item()], found) is None)


def test_a_page_holds_so_many_and_there_is_none_behind_the_last() -> None:
    items = [item(number) for number in range(1, 2 * PER_PAGE + 2)]
    first, last = views.shown(items, View()), views.shown(items, View(page=3))
    assert first is not None and last is not None
    assert (first.items, first.number, first.pages) == (items[:PER_PAGE], 2 * PER_PAGE + 1, 3)
    assert (first.newer, first.older) == (None, View(page=2)) and last.items == items[-1:]
    assert (last.newer, last.older) == (View(page=2), None)
    assert views.shown(items, View(page=4)) is None
    exactly = views.shown(items[: 2 * PER_PAGE], View())
    assert exactly is not None and exactly.pages == 2


def test_everything_is_always_there_and_a_part_when_it_holds_something() -> None:
    nothing = views.shown([], View())
    assert nothing is not None and (nothing.number, nothing.pages) == (0, 1)
    assert views.shown([item()], View("rok", "2025")) is None


def test_the_parts_are_those_that_hold_something() -> None:
    older = datetime(2025, 12, 31, 22, 59, tzinfo=UTC)  # 23:59 in Prague
    items = [
        item(1, topics=("bydleni", "zdravi")),
        item(2, since=datetime(2025, 12, 31, 23, 0, tzinfo=UTC), kind="newsletter"),  # midnight of the next year
        item(3, since=older, topics=("bydleni",)),
    ]
    found = [[(view.name, number) for view, number in values] for _, values in views.parts(items)]
    assert found == [
        [("rok-2026", 2), ("rok-2025", 1)],
        [("tema-bydleni", 2), ("tema-zdravi", 1)],
        [("druh-newsletter", 1), ("druh-press-release", 2)],
    ]
    for _, values in views.parts(items):
        for view, number in values:
            shown = views.shown(items, view)
            assert shown is not None and shown.number == number


def test_what_was_held_back_belongs_to_the_year_in_which_it_became_public() -> None:
    held = item(since=datetime(2025, 12, 30, tzinfo=UTC), embargo=datetime(2026, 1, 2, tzinfo=UTC))
    assert View("rok", "2026").holds(held) and not View("rok", "2025").holds(held)


def test_one_for_a_body_is_of_its_common_kind() -> None:
    assert View("druh", "press-release").holds(item(kind="press-release--asz"))
