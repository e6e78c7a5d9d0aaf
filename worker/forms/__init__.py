"""The forms a draft's files are made in, found by themselves: every `Form` in a module of this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache

from worker.forms.base import Form, FormFailed, FormSource, NothingToMake, Picture
from worker.plugins import subclasses_in

__all__ = [
    "Form",
    "FormFailed",
    "FormSource",
    "NothingToMake",
    "Picture",
    "all_forms",
    "files_wanted",
    "made",
    "no_files",
]

_wanted: ContextVar[bool] = ContextVar("wanted", default=True)


@cache
def _found() -> dict[str, Form]:
    return {form.id: form() for form in subclasses_in(__name__, __path__, Form)}


def all_forms() -> dict[str, Form]:
    """Every form by its id."""
    return dict(_found())


@contextmanager
def no_files() -> Iterator[None]:
    """Within the block, for this thread or task alone, no file is made: for a play in which nobody opens one."""
    before = _wanted.set(False)
    try:
        yield
    finally:
        _wanted.reset(before)


def files_wanted() -> bool:
    """Whether files are to be made here: not within `no_files`."""
    return _wanted.get()


@lru_cache(maxsize=200)
def made(form_id: str, source: FormSource) -> bytes:
    """The bytes of one file; KeyError for an unknown form, NothingToMake when it is too early for it, FormFailed
    when it cannot be made.

    Kept, because a draft is rendered again at every preview, renewal and check of its digest.
    """
    return _found()[form_id].make(source)
