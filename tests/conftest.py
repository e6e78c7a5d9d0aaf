"""What every test gets: the shared fixtures, and no setting of the person who runs the tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.chromium", "tests.fixtures.office", "tests.fixtures.seeds"]

# A slow machine is no failure, and a failing example must be the same for everyone who runs the test again.
settings.register_profile("hlasatel", deadline=None, derandomize=True)
settings.load_profile("hlasatel")


LONG_FIRST = ("faults", "journeys")
"""Folders whose tests take many seconds each: begun last, one of them would keep a single core at work alone."""

MADE_ONCE = {"browser", "called_file", "gallery", "mails", "shown", "waiting", "year"}
"""Fixtures of a whole module that take seconds: tests that share one share a process too, so that it is made once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, otherwise in the order found."""
    items.sort(key=lambda item: not set(item.path.parts) & set(LONG_FIRST))
    for item in items:
        if isinstance(item, pytest.Function) and MADE_ONCE & set(item.fixturenames):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own HLASATEL_… variables change no test."""
    for name in [name for name in os.environ if name.startswith("HLASATEL_")]:
        monkeypatch.delenv(name)
