"""The archive in parts: by year, by the plan's themes, by kind of text; and each part page by page.

A part has a name of one word, `rok-2026`, `tema-bydleni-strana-2`: it is the same in an address and in a static copy,
and no occurrence, whose address has two, can be taken for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from worker.archive.items import Item
from worker.kinds import kind_name
from worker.messages import say
from worker.times import local_day
from worker.topics import TOPICS, topic_name

PER_PAGE = 30
Sort = Literal["rok", "tema", "druh"]
SORTS: tuple[Sort, ...] = ("rok", "tema", "druh")
_NAME = re.compile(r"(?:(rok|tema|druh)-([a-z0-9]+(?:-[a-z0-9]+)*?))?(?:(?:^|-)strana-([1-9][0-9]{0,4}))?")


@dataclass(frozen=True)
class View:
    """A page of a part, or of everything where `sort` is None. Pages count from 1."""

    sort: Sort | None = None
    value: str = ""
    page: int = 1

    @property
    def name(self) -> str:
        """Its one word; empty for the first page of everything."""
        part = f"{self.sort}-{self.value}" if self.sort else ""
        page = f"strana-{self.page}" if self.page > 1 else ""
        return "-".join(each for each in (part, page) if each)

    @property
    def title(self) -> str:
        """What the part is, for a reader: `2026`, `Bydlení`, `Tisková zpráva`; empty for everything."""
        if self.sort == "tema":
            name = topic_name(self.value)
            return name[:1].upper() + name[1:]
        return kind_name(self.value) if self.sort == "druh" else self.value

    def holds(self, item: Item) -> bool:
        """Whether an item belongs to the part."""
        if self.sort == "rok":
            return _year(item) == self.value
        if self.sort == "tema":
            return self.value in item.topics
        return self.sort is None or self.value in item.kinds


@dataclass(frozen=True)
class Shown:
    """What a page shows: `items` of it, how many the part has in all, and where the pages beside it are."""

    view: View
    items: Sequence[Item]
    number: int
    pages: int

    @property
    def newer(self) -> View | None:
        return replace(self.view, page=self.view.page - 1) if self.view.page > 1 else None

    @property
    def older(self) -> View | None:
        return replace(self.view, page=self.view.page + 1) if self.view.page < self.pages else None


def named(name: str) -> View | None:
    """The view of that name; None for a word that names none, or names it in another way than we do."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    sort = next((each for each in SORTS if each == found[1]), None)
    view = View(sort, found[2] or "", int(found[3] or 1))
    return view if view.name == name else None


def shown(items: Sequence[Item], view: View) -> Shown | None:
    """The page of `items`, newest first; None for a part or a page that there is not. Everything is always there."""
    part = [each for each in items if view.holds(each)]
    pages = max(1, -(-len(part) // PER_PAGE))
    if view.page > pages or (view.sort is not None and not part):
        return None
    start = (view.page - 1) * PER_PAGE
    return Shown(view, part[start : start + PER_PAGE], len(part), pages)


def parts(items: Sequence[Item]) -> list[tuple[str, list[tuple[View, int]]]]:
    """The parts that hold something, under what they are sorted by, each with how many items it has."""
    years = Counter(_year(each) for each in items)
    topics = Counter(topic for each in items for topic in each.topics)
    kinds = Counter(kind for each in items for kind in each.kinds)
    sorted_by: dict[Sort, list[str]] = {
        "rok": sorted(years, reverse=True),
        "tema": [each for each in TOPICS if each in topics],
        "druh": sorted(kinds, key=kind_name),
    }
    counts = {"rok": years, "tema": topics, "druh": kinds}
    return [
        (say(f"archive.by_{sort}"), [(View(sort, each), counts[sort][each]) for each in values])
        for sort, values in sorted_by.items()
        if values
    ]


def _year(item: Item) -> str:
    return str(local_day(item.public_since).year)
