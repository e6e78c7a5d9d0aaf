"""The one catalogue of everything a person reads that is not a draft: `<area>.toml`, one table per message.

A table holds the sentence in Czech (`cs`) and English (`en`) with `{named}` places, so that both stand beside each
other when one is changed. Templates call `say` as well, so pages and mails have no texts of their own.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from pathlib import Path

LANGUAGES = ("cs", "en")

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@cache
def _area(name: str) -> dict[str, dict[str, str]]:
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def language() -> str:
    """The language spoken here: what `speaking` says, else the office's."""
    return _spoken.get() or office_language()


def office_language() -> str:
    """The language of the office, whoever reads: what is kept is said in it, `with speaking(office_language()):`.

    It is `HLASATEL_LANG` or what the file `HLASATEL_LANG_FILE` names, `cs` unless it says `en`. A file that cannot be
    read says nothing here; loading the settings refuses it with a sentence.
    """
    given, file = os.environ.get("HLASATEL_LANG"), os.environ.get("HLASATEL_LANG_FILE")
    return language_of(given or (_content(file) if file else ""))


def language_of(text: str) -> str:
    """The language that a setting's `text` asks for."""
    return "en" if text.strip().lower().startswith("en") else "cs"


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Everything said inside the block is said in `lang`: a page in its reader's, what is kept in the office's.

    It holds for this thread or task alone, and for what it starts.
    """
    before = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def _content(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def say(key: str, lang: str | None = None, /, **values: object) -> str:
    """The message `area.name` in `lang` with its places filled; KeyError for an unknown key or a missing value."""
    area, name = key.split(".", 1)
    return _area(area)[name][lang or language()].format(**values)
