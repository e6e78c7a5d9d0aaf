"""The words of a plan: what a row says, and what it comes to on the calendar. No rule of how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum


@dataclass(frozen=True, order=True)
class Window:
    """The days in which an occurrence belongs, both included (Prague calendar)."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def days(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1))


@dataclass(frozen=True, order=True)
class Period:
    """One turn of an activity: `2026`, `2026-H2`, `2026-Q4`, `2026-12`, `2026-W53` or `2026-12-08`; `.2` is the second.

    `optional`: the plan would be kept without it, as with the third of `2–3x ročně`.
    """

    label: str
    window: Window
    optional: bool = False


class Per(Enum):
    """The period a rhythm counts in. A project quarter is counted from the plan's first month."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    PROJECT_QUARTER = "project_quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True)
class Watch:
    """So many in every `every` periods `per`: what is looked for apart from any date."""

    count: int
    per: Per
    every: int = 1


@dataclass(frozen=True)
class AsWritten:
    """A row in the plan's own words, letter for letter."""

    when: str
    activity: str
    target: str
    topic: str
    periodicity: str
    resources: str
    place: str


class Unit(Enum):
    """What lead times are counted in."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Lead:
    """How long before the send time something happens."""

    amount: int
    unit: Unit


@dataclass(frozen=True)
class LeadTimes:
    """When each stage comes, counted back from the send time. `comment` is when a comment round ends."""

    call: Lead = Lead(21, Unit.DAYS)
    draft: Lead = Lead(7, Unit.WORKING_DAYS)
    comment: Lead = Lead(6, Unit.WORKING_DAYS)
    ask: Lead = Lead(5, Unit.WORKING_DAYS)
    remind: Lead = Lead(2, Unit.WORKING_DAYS)
    deputy: Lead = Lead(1, Unit.WORKING_DAYS)
    escalate: Lead = Lead(4, Unit.HOURS)


class ApprovalRule(StrEnum):
    """How many of an activity's approvers it takes."""

    ONE = "one"
    """Any of them; the first decision counts."""
    ALL = "all"
    IN_ORDER = "in-order"
    """All of them, each asked once the one before has approved."""


class DayRule(Enum):
    """How the send day is found in the last month of a window, or in its last week."""

    WEEKDAY = "weekday"
    NTH_WEEKDAY = "nth_weekday"
    NTH_WORKING_DAY = "nth_working_day"
    DAY_OF_MONTH = "day_of_month"
    DAY_OF_YEAR = "day_of_year"


class OffHolidays(Enum):
    """Where a send day that is no working day moves."""

    NEXT = "next"
    PREVIOUS = "previous"
    SKIP = "skip"
    KEEP = "keep"


@dataclass(frozen=True)
class Anchor:
    """What a send day is counted from: `lead` after (`later`) or before another activity's day, its uzávěrka, or a day.

    Exactly one of `activity_id` and `day` is set.
    """

    lead: Lead
    later: bool
    activity_id: str | None = None
    deadline: bool = False
    """Counted from the uzávěrka (`deadlines`) of `activity_id`, not from its send day."""
    day: date | None = None


@dataclass(frozen=True)
class Exemption:
    """What the coordinator decided about one occurrence in the plan itself: dropped, or moved to a day and hour."""

    reason: str
    dropped: bool = False
    day: date | None = None
    at: time | None = None


@dataclass(frozen=True)
class SendRule:
    """The day and hour a communication leaves at.

    `number` is the position (-1 = the last) for the two NTH rules, the day for the two days;
    `weekday` counts from Monday = 0; `month` is set for DAY_OF_YEAR alone.
    """

    day: DayRule = DayRule.NTH_WEEKDAY
    number: int = 2
    weekday: int = 1
    month: int | None = None
    at: time = time(10, 0)
    off_holidays: OffHolidays = OffHolidays.NEXT


@dataclass(frozen=True)
class Activity:
    """One row of the plan. `kinds` empty means a task for `in_charge`; people, lists and kinds are ids."""

    id: str
    as_written: AsWritten
    understood: tuple[str, ...]
    """How `when` and `periodicity` were read, as Czech or English sentences."""
    periods: tuple[Period, ...]
    kinds: tuple[str, ...]
    lists: tuple[str, ...]
    approvers: tuple[str, ...]
    in_charge: str
    contributors: tuple[str, ...]
    send: SendRule
    send_assumed: bool
    """True when the plan names no send day, so that `send` holds our own rule."""
    lead: LeadTimes
    max_lateness: timedelta | None
    """None: the smallest of its kinds'."""
    by_dates: bool
    """True when its occurrences are the entered `dates` alone."""
    dates: tuple[date, ...]
    assumptions: tuple[str, ...]
    line: int
    column: int
    floor: Watch | None = None
    """The "at least" of its periodicity, watched apart from the dates."""
    floor_span: Window | None = None
    """The days the floor speaks of; set together with it."""
    counts_for: str | None = None
    """The activity whose floor this one's occurrences help to keep; None: only its own."""
    rhythm: Watch | None = None
    """`průběžně`: no dates; what was recorded is watched against this."""
    on_call: bool = False
    """`k významným krokům`: dates come when they are known, and a year without one is no fault."""
    anchor: Anchor | None = None
    deadlines: Mapping[str, date] = field(default_factory=dict)
    """Uzávěrky of its issues that are known, by period label."""
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)
    """By period label."""
    crisis: bool = False
    """Goes out although everything else is held."""
    template: str | None = None
    """The variant of its kinds' templates; None: the usual ones."""
    approval: ApprovalRule = ApprovalRule.ONE
    commenters: tuple[str, ...] = ()
    """Who is asked for comments before the approvers are asked; ids of people."""
    code: bool = False
    """A decision takes a one-time code beside the link."""
    stories: bool = False
    """It tells of people, so nothing of it is approved without a recorded consent."""
    project: str | None = None
    """Id of the project (`projects.yaml`) whose funder's mark its texts must carry."""
    topics: tuple[str, ...] = ()
    """What it is about, for recipients who chose topics; none: it is for all of them."""
    goals: tuple[str, ...] = ()
    """The document's dílčí cíle that stand beside the row, in its words; the report counts by them."""
    channels: tuple[str, ...] | None = None
    """Ids of the media its texts go to; None: to every one that takes them."""
    channels_left_out: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Media they do not go to, each with the reason."""
    stezejni: bool = False
    """A key message, which belongs on every channel (000:311)."""
    remarks: tuple[str, ...] = ()
    """Words of its columns that were kept but not read, as sentences for `check`."""

    @property
    def is_task(self) -> bool:
        return not self.kinds


@dataclass(frozen=True)
class Plan:
    """A validated `schedules.yaml`."""

    title: str
    place: str
    window: Window
    activities: tuple[Activity, ...]
    path: str
    text: str
    digest: str
    """SHA-256 of the file's bytes, in hex."""

    def activity(self, activity_id: str) -> Activity:
        """Raises KeyError for an id the plan does not hold."""
        for activity in self.activities:
            if activity.id == activity_id:
                return activity
        raise KeyError(activity_id)


@dataclass(frozen=True)
class Occurrence:
    """One activity in one period. `send_at` is UTC; `assumed` when the plan itself names no send day."""

    id: str
    activity_id: str
    period: str
    window: Window
    send_at: datetime | None
    assumed: bool
    kinds: tuple[str, ...]
    lists: tuple[str, ...]
    optional: bool = False
    dropped: str | None = None
    """Why the plan itself leaves it out, as a sentence; None: it takes place."""
    anchored_to: str | None = None
    """Id of the occurrence its day is counted from."""
    due_by: date | None = None
    """The uzávěrka its day is counted from; None where it is not, or where a person chose the day."""
    corrects: str | None = None
    """Id of the occurrence that it corrects; the plan itself names none."""


@dataclass(frozen=True)
class Vocabulary:
    """The ids a plan may name, from the kinds and the configuration. None: not known now, so any id is taken."""

    kinds: frozenset[str] | None
    lists: frozenset[str] | None
    people: frozenset[str] | None
    templates: Mapping[str, frozenset[str]] | None = field(default=None, hash=False)
    """Variants of templates that an activity may name, each with the kinds it has templates for."""
    projects: frozenset[str] | None = None
    media: Mapping[str, frozenset[str]] | None = field(default=None, hash=False)
    """Media of `channels.yaml`, each with the kinds that it takes."""
    only_named: frozenset[str] = frozenset()
    """Those of them that take a text only when its row names them."""
