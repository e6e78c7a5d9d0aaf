"""Finds what is one file each (kinds, sources, jobs), so that a new one needs no list to be entered in."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

Made = TypeVar("Made")


def subclasses_in(package: str, path: Iterable[str], base: Callable[..., Made]) -> list[type[Made]]:
    """The subclasses of the class `base` that the modules of `package` (its name and `__path__`) define, by name.

    `base` is typed as what it makes, because a type checker takes no abstract class where it is told `type`.
    """
    assert isinstance(base, type)
    classes: list[type[Made]] = []
    for module in sorted(pkgutil.iter_modules(path, prefix=f"{package}."), key=lambda each: each.name):
        for value in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, base)
                and value.__module__ == module.name
                and value is not base
            ):
                classes.append(cast(type[Made], value))
    return classes
