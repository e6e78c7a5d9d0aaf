"""What a source is: one place that material for drafts comes from.

A source reads and returns plain JSON, which is frozen with the draft, so that an edit of the draft renders again from
the very same material. It knows no other source and no kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from worker.plan.model import Activity, Occurrence, Plan

JSON = dict[str, Any]
"""What `json.dumps` takes and gives back unchanged: dates are ISO 8601 text."""


@dataclass(frozen=True)
class Published:
    """Something that reached the public: a mailing that was sent, or a hand-off that a person confirmed."""

    occurrence_id: str
    title: str
    kind: str
    sent_at: datetime


@dataclass(frozen=True)
class CalendarDate:
    """A partner's date that the office took into its calendar of events. Days and hours are Prague's, inclusive."""

    day: date
    title: str
    place: str = ""
    organiser: str = ""
    address: str = ""
    """Where more is written (http or https); empty without."""
    at: time | None = None
    """None for a whole day."""
    last_day: date | None = None
    """None for one day."""


@dataclass(frozen=True)
class Earlier:
    """Another occurrence as the database has it. `send_at` is aware UTC, null where it has no day.

    `settled`: its day is no assumption, because the plan names it or a person chose it. `fields` are the texts of its
    newest version and `subjects` their headings, each by kind; `sent_at` is when the first of them went out.
    """

    occurrence_id: str
    title: str
    send_at: datetime | None
    settled: bool
    fields: Mapping[str, Mapping[str, str]]
    subjects: Mapping[str, str]
    sent_at: datetime | None
    embargo: datetime | None = None
    """Until when nobody may publish those texts, aware UTC; None without an embargo."""


@dataclass(frozen=True)
class Contribution:
    """What somebody whom the row names sent in. `photo` describes one that came with it; empty without."""

    who: str
    signed: str
    """Who wrote it, where she signed herself; `who` may be a whole commission."""
    text: str
    included: bool | None
    """What the coordinator chose; None as long as nobody has."""
    photo: str = ""
    photo_author: str = ""
    number: int = 0
    """By which its photo is asked for."""


@dataclass(frozen=True)
class SmallPhoto:
    """A photo made small for a mail: JPEG bytes, `width` and `height` in pixels."""

    content: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True)
class FeedItem:
    """News of a partner's feed: plain text and an http(s) address, or none. `published_at` is aware UTC if known."""

    id: int
    source: str
    """What readers know the feed by."""
    feed: str
    title: str
    link: str
    published_at: datetime | None
    doubts: tuple[str, ...] = ()
    """Codes of what an approver should look at."""


@dataclass(frozen=True)
class SilentFeed:
    """A feed that could not be read lately; `read_at` is when it last was, None when never."""

    source: str
    read_at: datetime | None


@dataclass(frozen=True)
class FeedNews:
    """News, newest first. `known` feeds have an address, of which `ever_read` were read at least once."""

    items: tuple[FeedItem, ...] = ()
    silent: tuple[SilentFeed, ...] = ()
    known: int = 0
    ever_read: int = 0


@dataclass(frozen=True)
class SourceContext:
    """What a source may read. `now` and `last_sent` are aware UTC; `published` takes a half-open span of such times.

    `last_sent` is when the activity's previous occurrence went out, None when none did.
    """

    occurrence: Occurrence
    activity: Activity
    plan: Plan
    plan_occurrences: Sequence[Occurrence]
    config_dir: Path
    now: datetime
    published: Callable[[datetime, datetime], Sequence[Published]]
    last_sent: datetime | None = None
    dates: Callable[[date, date], Sequence[CalendarDate]] = field(default=lambda since, until: ())
    """Partners' dates that touch a span of days, both included, in order of time."""
    earlier: Callable[[str], Earlier | None] = field(default=lambda occurrence_id: None)
    """Another occurrence by its id; None for one that the database does not have."""
    feed_news: Callable[[datetime, datetime], FeedNews] = field(default=lambda since, until: FeedNews())
    """Partners' news of a half-open span that no earlier occurrence of the activity used."""

    contributions: Callable[[str], Sequence[Contribution]] = field(default=lambda occurrence_id: ())
    """What was sent in for an occurrence, oldest first."""
    translated_into: str | None = None
    """The language that somebody named by the row translates a draft into, as `Person.translates` has it."""
    translated_kind: str | None = None
    """The kind of that draft."""
    small_photo: Callable[[int], SmallPhoto | None] = field(default=lambda number: None)
    """The photo of a contribution by its number; None for one that has none any more."""

    measures_before: Callable[[], JSON | None] = field(default=lambda: None)
    """What the measures' source gave for the activity's previous occurrence that went out; None when none told any."""


class Source(ABC):
    """One place that material comes from."""

    id: ClassVar[str]

    @abstractmethod
    def gather(self, context: SourceContext) -> JSON:
        """The material for one occurrence; HlasatelError when it cannot be read, with what to do."""
