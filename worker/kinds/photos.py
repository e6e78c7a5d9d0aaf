"""The part `photos` of a text: which of the photos that were sent in stand in it, a line each, as a person may edit it.

`2. Poradna v přízemí` shows the second photo of the material with this description; without its line it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from worker.kinds.parts import Finding, Material
from worker.messages import say

FIELD = "photos"
FORM = "photo-"
"""How the form of a photo's file begins; the number of its contribution follows."""
_LINE = re.compile(r"\s*(\d{1,3})\s*[.):]\s*(\S.*)")


@dataclass(frozen=True)
class ShownPhoto:
    """A photo that stands in the text. `jpeg` is base64; `width` and `height` in pixels."""

    form: str
    description: str
    author: str
    jpeg: str
    width: int
    height: int


def photo_number(form: str) -> int | None:
    """The number of the contribution whose photo a file of this `form` is; None for any other file."""
    number = form.removeprefix(FORM)
    return int(number) if number != form and number.isdecimal() else None


def shown_photos(text: str, sources: Mapping[str, Any]) -> list[ShownPhoto]:
    """The photos that the lines of the part name, each once, in their order; `sources` as the material has them."""
    items = sources.get(FIELD, {}).get("items", [])
    found: dict[str, ShownPhoto] = {}
    for line in text.splitlines():
        read = _LINE.fullmatch(line)
        if read is not None and 1 <= int(read[1]) <= len(items):
            item = items[int(read[1]) - 1]
            form = f"{FORM}{item['contribution']}"
            found.setdefault(
                form, ShownPhoto(form, read[2].strip(), item["author"], item["jpeg"], item["width"], item["height"])
            )
    return list(found.values())


def badly_named_photos(fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """A warning when a line of the part shows nothing, and one when some photos found no room."""
    text, sources = fields.get(FIELD, ""), material["sources"]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(shown_photos(text, sources)) != len(lines):
        known = len(sources.get(FIELD, {}).get("items", []))
        yield Finding("warning", "photos-unread", say("contributions.finding_photos_unread", known=known))
    if beyond := sources.get(FIELD, {}).get("beyond"):
        yield Finding("warning", "photos-beyond", say("contributions.finding_photos_beyond", number=beyond))
