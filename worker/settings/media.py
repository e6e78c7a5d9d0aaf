"""`channels.yaml`: the media that approved texts go to beside the mailing lists, and whom each of them reaches.

What a medium's `options` may be is its channel's to say (`worker/channels`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from worker.errors import InvalidFiles
from worker.messages import say
from worker.positions import Faults, read_yaml
from worker.settings.entries import has_entries, read_entries
from worker.settings.faults import Id, Line, Strict

FILE = "channels.yaml"

Option = str | int | bool | Annotated[tuple[str, ...], Field(strict=False)]


class Medium(Strict):
    """One medium: a page, a periodical, a notice board, the people who pass a text on.

    `takes` are the kinds of text that it gets, `reaches` the target groups in the plan's own words, `person` the id of
    who publishes there by hand, `place` where the plan names it, `ours` why we added it; exactly one of these two.
    `only_named`: a text goes there only when its row names the medium, as on a notice board for what the law asks for.
    """

    id: Id
    name: Line
    channel: Id
    takes: tuple[Id, ...] = Field(strict=False, min_length=1)
    reaches: tuple[Line, ...] = Field(default=(), strict=False)
    person: Id | None = None
    place: Line | None = None
    ours: Line | None = None
    only_named: bool = False
    options: dict[str, Option] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.place is None) == (self.ours is None):
            raise ValueError(say("config.list_origin"))
        return self


def load_media(config: Path) -> dict[str, Medium]:
    """The media by id, in the order written; none when the file is missing or empty. InvalidFiles with every fault."""
    path = config / FILE
    if not has_entries(path):
        return {}
    faults = Faults()
    media = read_entries(read_yaml(path), Medium, faults)
    faults.refuse()
    return media


def known_media(config: Path) -> tuple[dict[str, frozenset[str]] | None, frozenset[str]]:
    """The media with the kinds that each takes, and which of them take a text only when its row names them.

    None and nothing when the file is faulty.
    """
    try:
        media = load_media(config).values()
    except InvalidFiles:
        return None, frozenset()
    return {each.id: frozenset(each.takes) for each in media}, frozenset(each.id for each in media if each.only_named)
