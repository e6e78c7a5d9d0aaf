"""Who is told of what is wrong, and how often. Whatever breaks, nobody gets more than a few mails a day.

To one person, on one day of Prague's calendar: one mail for each of the first few new things, one more with all others
that are new by then, and in the morning one with what lasts from before, among it what found no room. A mail that could
not leave before the next such morning is withdrawn: the new one says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.plan.stages import WORK_BEGINS
from worker.store.tables import alerts, notices
from worker.times import format_instant, local_day, local_instant
from worker.watch.alerts.base import Alarm, Condition

KINDS = ("alert", "alerts_many", "alerts_last")
MOST_LISTED = 30
"""Of more the number alone is told."""


@dataclass(frozen=True)
class Wrong:
    """Something that is wrong now: since when, and when it was last told."""

    condition: Condition
    alarm: Alarm
    since: datetime
    told_at: datetime | None

    @property
    def id(self) -> str:
        return id_of(self.condition, self.alarm)

    def words(self, part: str) -> str:
        """A part of its words: `short`, `what`, `means` or `do`."""
        return say(f"alerts.{self.condition.name}_{part}", **self.alarm.values)

    def whole(self) -> str:
        """All of it as paragraphs, with since when."""
        since = say("alerts.since", at=format_instant(self.since, form="at"))
        return "\n\n".join((f"{self.words('what')} {since}", self.words("means"), self.words("do")))

    def in_short(self) -> str:
        """What is wrong and what to do, as one paragraph of many."""
        return (
            f"{self.words('what')} {say('alerts.since', at=format_instant(self.since, form='at'))} {self.words('do')}"
        )


def id_of(condition: Condition, alarm: Alarm) -> str:
    """By which it is known again: `mailing_stalled/17`, or the condition alone."""
    return f"{condition.name}/{alarm.about}" if alarm.about else condition.name


def note(tx: Connection, found: Iterable[tuple[Condition, Alarm]], now: datetime) -> list[Wrong]:
    """Keep what was found and forget what is over; everything that is wrong now, the oldest first."""
    there = {id_of(*each): each for each in found}
    # A clock that went back must not keep them from ever being told.
    tx.execute(update(alerts).where(alerts.c.since > now).values(since=now))
    tx.execute(update(alerts).where(alerts.c.told_at > now).values(told_at=now))
    kept = {row.id: row for row in tx.execute(select(alerts))}
    if over := kept.keys() - there.keys():
        tx.execute(delete(alerts).where(alerts.c.id.in_(over)))
    if new := [{"id": each, "since": now} for each in there if each not in kept]:
        tx.execute(alerts.insert(), new)
    wrong = [
        Wrong(*each, *((kept[key].since, kept[key].told_at) if key in kept else (now, None)))
        for key, each in there.items()
    ]
    return sorted(wrong, key=lambda each: (each.since, each.id))


def is_due(each: Wrong, now: datetime) -> bool:
    """Whether somebody is to hear of it now, if there is room."""
    return _is_fresh(each, now) or _is_left_over(each, now)


def _is_fresh(each: Wrong, now: datetime) -> bool:
    """New, and since today something that lasts."""
    since = each.since + each.condition.lasts
    return each.told_at is None and since <= now and local_day(since) == local_day(now)


def _is_left_over(each: Wrong, now: datetime) -> bool:
    """In the morning: told on a day before this, or never, for want of room."""
    since = each.told_at or each.since + each.condition.lasts
    return local_day(since) < local_day(now) and now >= local_instant(local_day(now), WORK_BEGINS)


def tell(tx: Connection, office: Office, wrong: Collection[Wrong], now: datetime) -> None:
    """Queue what each person is to hear now, of all that is wrong."""
    for person in sorted({each.condition.person(office) for each in wrong}):
        hers = [each for each in wrong if each.condition.person(office) == person]
        if told := {each.id for each in _told(tx, office, person, hers, now)}:
            tx.execute(update(alerts).where(alerts.c.id.in_(told)).values(told_at=now))


def _told(tx: Connection, office: Office, person: str, hers: list[Wrong], now: datetime) -> Iterator[Wrong]:
    """Those that she has been told of when this is done."""
    day, most = local_day(now).isoformat(), office.settings.alerts.mails_a_day
    left_over = [each for each in hers if _is_left_over(each, now)]
    if left_over and queue.put(tx, f"alerts-last/{day}/{person}", "alerts_last", person, now, **_listed(left_over)):
        queue.withdraw_kinds(tx, person, KINDS, now)
    yield from left_over
    fresh = [each for each in hers if _is_fresh(each, now)]
    room = max(most - _sent(tx, f"alert/{day}/{person}/"), 0)
    for each in fresh[:room]:
        values: dict[str, Any] = {"short": each.words("short"), "whole": each.whole(), "most": most}
        queue.put(tx, f"alert/{day}/{person}/{each.id}", "alert", person, now, **values)
        yield each
    rest = fresh[room:]
    if rest and queue.put(tx, f"alerts/{day}/{person}", "alerts_many", person, now, **_listed(rest)):
        yield from rest


def _listed(wrong: Collection[Wrong]) -> dict[str, Any]:
    return {"number": len(wrong), "whole": "\n\n".join(each.in_short() for each in list(wrong)[:MOST_LISTED])}


def _sent(tx: Connection, prefix: str) -> int:
    counted = select(func.count()).where(notices.c.key.startswith(prefix, autoescape=True))
    return int(tx.execute(counted).scalar_one())
