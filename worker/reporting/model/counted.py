"""What a report counts, each number with the list that proves it: by channel and topic, articles, indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from worker.reporting import in_json


class By(StrEnum):
    """What is counted by."""

    CHANNEL = "channel"
    TOPIC = "topic"
    """The row's topic in the plan's own words."""
    THEME = "theme"
    """The six topics of `worker.topics`."""
    TARGET = "target"
    """The row's target group in the plan's own words."""
    REACHED = "reached"
    """Target groups of `channels.yaml` that the media of what got out reach."""
    GOAL = "goal"
    """The document's dílčí cíle (`goals` of a row)."""


@dataclass(frozen=True)
class Count:
    """How many occurrences of the span were done in one channel, for one topic, group or goal. `name` is in words."""

    by: By
    name: str
    done: tuple[str, ...]
    """Ids of the occurrences that make the number."""
    promised: tuple[str, ...] | None = None
    """Ids of those that the plan promises there; None where it promises nothing of the kind, as of channels."""

    @property
    def number(self) -> int:
        return len(self.done)

    def as_json(self) -> dict[str, Any]:
        return {
            "by": self.by.value, "name": self.name, "number": self.number, "done": list(self.done),
            "promised": None if self.promised is None else list(self.promised),
        }  # fmt: skip


class Publisher(StrEnum):
    """Who published an article: the organisation itself, a municipality, somebody else (a newsroom, an association)."""

    REGION = "region"
    MUNICIPALITY = "municipality"
    OTHER = "other"


@dataclass(frozen=True)
class Article:
    """One published article. `day` is None where its feed says none."""

    id: int
    title: str
    address: str
    day: date | None
    publisher: Publisher
    who: str
    """Which municipality or medium, in words; may be empty."""
    source: str
    """hand, csv or feed."""
    entered_on: date
    entered_by: str = ""
    """By name; empty for what a feed brought."""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "address": self.address, "day": in_json.day(self.day),
            "publisher": self.publisher.value, "who": self.who, "source": self.source,
            "entered_on": self.entered_on.isoformat(), "entered_by": self.entered_by, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One line of the list that proves an indicator. `source` is occurrence, article or note; `id` is its own there."""

    source: str
    id: str
    title: str
    day: date | None
    who: str
    part: str
    """Which of the indicator's parts it belongs to, in words: the region, the municipalities."""
    addresses: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source, "id": self.id, "title": self.title, "day": in_json.day(self.day), "who": self.who,
            "part": self.part, "addresses": list(self.addresses),
        }  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """One indicator of the strategy. `number` is None where nothing is known, never zero for it."""

    id: str
    """As people call it: `XIII/1`."""
    name: str
    """The indicator as printed: `Počet zveřejněných článků`."""
    measure: str
    """The measure's words as printed."""
    place: str
    """Where the document says so."""
    counted: str
    """What is counted for it, in a sentence."""
    items: tuple[Item, ...]
    known: bool = True
    """Whether anything is known of the span: false as long as nothing was entered and nothing settled."""
    not_known: tuple[str, ...] = ()
    """What the number does not hold, in sentences."""

    @property
    def number(self) -> int | None:
        return len(self.items) if self.known else None

    @property
    def parts(self) -> Mapping[str, int]:
        """Part → number, in the order of the items."""
        found: dict[str, int] = {}
        for each in self.items:
            found[each.part] = found.get(each.part, 0) + 1
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "measure": self.measure, "place": self.place, "counted": self.counted,
            "number": self.number, "parts": dict(self.parts), "items": [each.as_json() for each in self.items],
            "not_known": list(self.not_known),
        }  # fmt: skip
