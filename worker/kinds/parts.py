"""What every kind is made of: the parts that a person may edit, what is posted, and the remarks of the lint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Material = Mapping[str, Any]
"""Frozen JSON of one draft: `organisation`, `contact`, `occurrence`, `activity`, `project` (null where there is
none) and `sources` (source id → JSON)."""

EMBARGO = "embargo"
"""The part that says until when nobody may publish a text: `EMBARGO_FIELD`, of each kind that may carry one."""
TRANSLATION = "translation"
"""The part that says the same in another language; empty unless somebody translated it."""


@dataclass(frozen=True)
class Field:
    """One part of a draft that a person may edit; `label_key` is its Czech name in the message catalogue.

    `form` is what a part that is filled must be readable as: a day (`8. 12. 2026`), an hour (`10:00`), both (`8. 12.
    2026 10:00`) or an address of the web. It stays the text that was typed.
    """

    id: str
    label_key: str
    multiline: bool = True
    markdown: bool = False
    required: bool = True
    form: Literal["text", "date", "time", "moment", "url"] = "text"
    lang: str = "cs"
    """As HTML names languages (BCP 47)."""


EMBARGO_FIELD = Field(EMBARGO, "archive.field_embargo", multiline=False, required=False, form="moment")
TRANSLATION_FIELD = Field(TRANSLATION, "translations.field", markdown=True, required=False, lang="uk")


@dataclass(frozen=True)
class Post:
    """What is posted on a page: one of a text's posts, `days` after the first; a day off moves to a working day.

    `link` and `image` are addresses of the web; an image may be a file of the press kit by its name as well. Whoever
    cannot see it reads `description`.
    """

    text: str
    link: str = ""
    image: str = ""
    description: str = ""
    days: int = 0


@dataclass(frozen=True)
class Finding:
    """One remark of the lint, shown to the approver; an `error` means that the draft is incomplete."""

    level: Literal["error", "warning"]
    code: str
    message: str


def source_digest(fields: Mapping[str, str]) -> str:
    """SHA-256 of the texts that a translation is made from: every part but itself."""
    texts = {name: text for name, text in fields.items() if name != TRANSLATION and text}
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()
