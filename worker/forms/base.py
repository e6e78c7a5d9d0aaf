"""What a form is: one way to make a file of what a kind's template has laid out.

A form gets finished texts alone. It knows no kind and no template, so the same bytes come out wherever it is called.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from worker.errors import HlasatelError


class FormFailed(HlasatelError):
    """A file that could not be made: why, and what to do. The draft goes on without it and says so."""

    def __init__(self, message: str, *, level: Literal["error", "warning"] = "error") -> None:
        super().__init__(message)
        self.level: Literal["error", "warning"] = level


class NothingToMake(Exception):
    """What the file would tell is not filled in yet; the kind's own lint says what is missing."""


LOGO_ON_PAPER, EMBLEM_ON_PAPER = (12, 60), (14, 120)
"""How high each picture of the office's stands in a document, and how wide at most; millimetres."""


@dataclass(frozen=True)
class Picture:
    """A PNG of the office's own, `width` and `height` in pixels; `alt` is empty for one that only adorns."""

    content: bytes = field(repr=False)
    width: int
    height: int
    alt: str

    def shown(self, height: int, widest: int) -> tuple[int, int]:
        """Width and height of the same shape, `height` high unless it would be wider than `widest`; in their unit."""
        width = round(self.width * height / self.height)
        return (width, height) if width <= widest else (widest, max(1, round(self.height * widest / self.width)))


@dataclass(frozen=True)
class FormSource:
    """What one file is made of.

    `laid_out` is what the kind's template gave: typeset HTML, or JSON for a `.json`. `page` is that within the office's
    letterhead, a whole HTML page; empty for a form that has no frame. `uid` is the same for every version of the
    draft, `day` the occurrence's (Prague calendar), `colour` `#rrggbb`. `page` and a poster's HTML hold `logo` and
    `emblem` themselves.
    """

    title: str
    laid_out: str
    page: str
    office: tuple[str, ...]
    contact: tuple[str, ...]
    colour: str
    day: date
    uid: str
    lang: str = "cs"
    logo: Picture | None = None
    emblem: Picture | None = None


class Form(ABC):
    """One way to make a file. `suffix` ends its name, `template` is the file of the kind's folder it is made from.

    `label_key` is what a reader is told that it is.

    `frame` is the template of all kinds that stands round it, by its name under the templates' root.
    """

    id: ClassVar[str]
    label_key: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str]
    template: ClassVar[str]
    frame: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    """A size of paper as CSS names it, for a template that is laid out for it."""
    shows_pictures: ClassVar[bool] = True
    """Whether the office's logo and the emblem of a funder stand in it."""

    @abstractmethod
    def make(self, source: FormSource) -> bytes:
        """The file's bytes, the same for the same source; FormFailed when it cannot be made."""
