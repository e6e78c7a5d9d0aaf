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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, otherwise in the order found."""
    items.sort(key=lambda item: not set(item.path.parts) & set(LONG_FIRST))


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own HLASATEL_… variables change no test."""
    for name in [name for name in os.environ if name.startswith("HLASATEL_")]:
        monkeypatch.delenv(name)
