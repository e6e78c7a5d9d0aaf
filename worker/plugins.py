"""Finds what is one file each (kinds, sources, jobs), so that a new one needs no list to be entered in."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import TypeVar

Base = TypeVar("Base")


def subclasses_in(package: str, path: Iterable[str], base: type[Base]) -> list[type[Base]]:
    """The subclasses of `base` that the modules of `package` (its name and `__path__`) define, by module name."""
    classes = []
    for module in sorted(pkgutil.iter_modules(path, prefix=f"{package}."), key=lambda each: each.name):
        for value in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, base)
                and value.__module__ == module.name
                and value is not base
            ):
                classes.append(value)
    return classes
