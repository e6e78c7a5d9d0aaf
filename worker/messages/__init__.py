"""The one catalogue of everything a person reads that is not a draft: `<area>.toml`, one table per message.

A table holds the sentence in Czech (`cs`) and English (`en`) with `{named}` places, so that both stand beside each
other when one is changed. Templates call `say` as well, so pages and mails have no texts of their own.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("cs", "en")


@cache
def _area(name: str) -> dict[str, dict[str, str]]:
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def language() -> str:
    """The language of this process: `HLASATEL_LANG`, `cs` unless it says `en`."""
    return "en" if os.environ.get("HLASATEL_LANG", "cs").lower().startswith("en") else "cs"


def say(key: str, lang: str | None = None, /, **values: object) -> str:
    """The message `area.name` in `lang` with its places filled; KeyError for an unknown key or a missing value."""
    area, name = key.split(".", 1)
    return _area(area)[name][lang or language()].format(**values)
