"""What every form of the timetable shows, gathered once: no renderer asks the database or the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from worker.drafting.typography import keep_together
from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.plan.floors import FloorTurn, Verdict
from worker.plan.model import Activity, Plan, Window
from worker.plan.reading.read_back import describe_watch
from worker.planning.current import plan_in_force
from worker.planning.timetable import Entry, floor_turns, timetable, touching
from worker.planning.titles import shortened, spelt_out
from worker.store.states import OccurrenceState
from worker.times import PRAGUE

LONGEST = 160
"""Characters of a row's name that are written on several lines."""


@dataclass(frozen=True)
class Row:
    """One activity with its occurrences in the span. `activity` is None once the plan holds it no more."""

    id: str
    name: str
    activity: Activity | None
    entries: tuple[Entry, ...]
    turns: tuple[FloorTurn, ...] = ()

    @property
    def unmet(self) -> tuple[FloorTurn, ...]:
        return tuple(turn for turn in self.turns if turn.verdict is Verdict.UNMET)

    @property
    def rhythm(self) -> str:
        """What is watched of a row without dates, or its "at least", in words; empty without either."""
        watch = (self.activity.rhythm or self.activity.floor) if self.activity else None
        return describe_watch(watch) if watch else ""

    @property
    def without_dates(self) -> bool:
        """Whether its days are entered when they are known, and none is."""
        return self.activity is not None and (self.activity.on_call or self.activity.by_dates) and not self.entries

    @property
    def full_name(self) -> str:
        """What the row is about, where there is room for more than its name."""
        if self.activity is None:
            return self.name
        return keep_together(_with_capital(shortened(self.activity.as_written.activity, LONGEST)))

    @property
    def words(self) -> str:
        """`when` and `periodicity` as the plan writes them."""
        if self.activity is None:
            return say("timetables.not_in_plan")
        written = self.activity.as_written
        return " · ".join(dict.fromkeys(part for part in (written.when, written.periodicity) if part))


@dataclass(frozen=True)
class Timetable:
    """A span of a plan. `entries` are in the order of their send times; `people` and `lists` are id → name."""

    plan: Plan
    span: Window
    """The days that are asked for and lie in the plan; the whole plan when none do."""
    entries: tuple[Entry, ...]
    now: datetime
    domain: str
    """The organisation's own, for identifiers that are unique in the world."""
    people: Mapping[str, str]
    lists: Mapping[str, str]
    turns: tuple[FloorTurn, ...] = ()
    """Of every row with an "at least", those that touch the span."""

    def rows(self) -> tuple[Row, ...]:
        """Every activity in the plan's order, then those that the plan held once."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.activity, []).append(entry)
        known = [
            Row(
                id=each.id,
                name=_with_capital(shortened(each.as_written.activity)),
                activity=each,
                entries=tuple(found.pop(each.id, ())),
                turns=tuple(turn for turn in self.turns if turn.activity_id == each.id),
            )
            for each in self.plan.activities
        ]
        return (*known, *(Row(gone, gone, None, tuple(entries)) for gone, entries in sorted(found.items())))

    def person(self, person_id: str) -> str:
        return self.people.get(person_id, person_id)

    def names_of_people(self, entry: Entry) -> str:
        """Who approves it, in words."""
        return ", ".join(self.person(each) for each in entry.approvers)

    def names_of_lists(self, entry: Entry) -> str:
        return ", ".join(self.lists.get(each, each) for each in entry.lists)


def gather(
    tx: Connection, office: Office, now: datetime, start: date | None = None, end: date | None = None,
    *, with_record: bool = True,
) -> Timetable:  # fmt: skip
    """The timetable of the plan in force from `start` to `end` (inclusive, open when None), as `timetable` has it."""
    plan = plan_in_force(tx, office)
    entries = timetable(tx, plan, now, with_record=with_record)
    asked = Window(max(start or plan.window.start, plan.window.start), min(end or plan.window.end, plan.window.end))
    turns = floor_turns(plan, entries)
    return Timetable(
        plan=plan,
        span=asked if asked.start <= asked.end else plan.window,
        entries=tuple(touching(entries, start, end)),
        now=now,
        domain=(urlsplit(office.settings.organisation.website).hostname or "").removeprefix("www."),
        people={person_id: person.name for person_id, person in office.people.items()},
        lists={list_id: found.name for list_id, found in office.lists.items()},
        turns=tuple(turn for turn in turns if _touch(asked, turn.window)),
    )


def _with_capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _touch(asked: Window, window: Window) -> bool:
    return asked.start <= asked.end and asked.start <= window.end and window.start <= asked.end


def turn_in_words(turn: FloorTurn) -> dict[str, object]:
    """What the catalogue's sentences about an "at least" name: which turn, how many are wanted, there and missing."""
    there = turn.done + turn.open + turn.unrecorded
    missing = max(0, turn.needed - there)
    return {"turn": spelt_out(turn.period), "wanted": turn.needed, "there": there, "missing": missing}


def names_of_kinds(entry: Entry) -> str:
    """What is written for it, in words; a task has nothing."""
    return ", ".join(map(kind_name, entry.kinds))


def state_in_words(entry: Entry) -> str:
    """The state with what sets the occurrence apart: an assumed day, that the plan is kept without it, a crisis."""
    parts = [say(f"states.{entry.state}")]
    if entry.assumed and entry.send_at is not None and entry.state != OccurrenceState.DROPPED:
        parts.append(say("timetables.assumed"))
    if entry.optional:
        parts.append(say("timetables.optional"))
    if entry.crisis:
        parts.append(say("timetables.crisis"))
    return ", ".join(parts)


def local(instant: datetime) -> str:
    """`8. 12. 2026 10:00`, Prague time, as a table shows it."""
    return f"{instant.astimezone(PRAGUE):%-d. %-m. %Y %H:%M}"


def short_day(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"
