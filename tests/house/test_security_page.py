"""docs/security.md names every way in: a page that takes a request and is not in its table fails here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bad_input.asking import routes_of
from tests.bad_input.entries import shipped_office
from worker.office_on_file import OneOffice
from worker.times import Clock
from worker.web.app import make_app

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`((?:GET|POST) /[^`]*)`", PAGE))


@pytest.fixture(scope="module")
def routes() -> set[str]:
    app = make_app(OneOffice(shipped_office()), Clock(lambda: datetime(2026, 12, 1, tzinfo=UTC), simulated=True))
    return {f"{method} {path}" for method, path in routes_of(app)}


def test_every_post_is_named_and_every_named_one_is_there(routes: set[str]) -> None:
    assert {each for each in routes if each.startswith("POST")} == {each for each in NAMED if each.startswith("POST")}


def test_every_page_is_named_or_stands_below_one_that_is(routes: set[str]) -> None:
    below = tuple(each.removesuffix("…") for each in NAMED if each.endswith("…"))
    looks = {each for each in routes if each.startswith("GET")}
    assert {each for each in looks if each not in NAMED and not each.startswith(below)} == set()
    assert [each for each in below if not any(look.startswith(each) for look in looks)] == []
    assert {each for each in NAMED if each.startswith("GET") and not each.endswith("…")} <= looks


def test_what_it_names_is_there() -> None:
    for name in re.findall(r"`(tests/[\w/.]+\.py)`", PAGE):
        assert (PROJECT / name).is_file(), name
