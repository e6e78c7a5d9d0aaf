"""What every channel must keep; a new one is picked up by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from worker import channels
from worker.kinds import all_kinds

MODULES = {
    found.name: importlib.import_module(f"{channels.__name__}.{found.name}")
    for found in pkgutil.iter_modules(channels.__path__)
    if found.name != "base"
}
HANDED_TO_A_PERSON = "handoff"


@pytest.fixture(params=list(MODULES.values()), ids=list(MODULES))
def module(request: pytest.FixtureRequest) -> ModuleType:
    given: ModuleType = request.param
    return given


def test_its_errors_say_what_they_mean_and_have_one_root(module: ModuleType) -> None:
    errors = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__.startswith("worker.")
    ]
    roots = [error for error in errors if error.__mro__[1] is Exception]
    assert len(roots) == 1
    assert len(errors) > 1, "an error that does not tell its remedy is none"
    assert all(error.__doc__ for error in errors)


def test_every_kind_leaves_by_a_channel_that_exists() -> None:
    assert {kind.channel for kind in all_kinds().values()} <= {*MODULES, HANDED_TO_A_PERSON}
