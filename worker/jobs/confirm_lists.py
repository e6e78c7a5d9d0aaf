"""Twice a year whoever keeps a list gets it to confirm: reminded once, then the coordinator is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.audience.upkeep import reviews
from worker.jobs.base import Job, Shift
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.times import local_day


class ConfirmLists(Job):
    """Changes no occurrence. Where it was not running in time, it asks as long as an answer would still be awaited."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office
        period, _ = reviews.periods_around(now)
        if now >= reviews.asks_at(period) + reviews.TOLD_AFTER * 2:
            return False
        with office.database.read() as tx:
            wanted = _next(tx, office, period, now)
        if wanted is None:
            return False
        with office.database.write() as tx, speaking(office_language()):
            return _do(tx, office, wanted, period, now)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        """The next half-year, or when somebody who was asked is reminded or told of."""
        _, coming = reviews.periods_around(now)
        with shift.office.database.read() as tx:
            asked: list[datetime] = [each.asked_at for each in reviews.unanswered(tx, now)]
        later = [at + wait for at in asked for wait in (reviews.REMINDED_AFTER, reviews.TOLD_AFTER)]
        return min([reviews.asks_at(coming), *(at for at in later if at > now)])


def _next(tx: Connection, office: Office, period: str, now: datetime) -> tuple[str, str] | None:
    """Which mail is to be queued now, and to whom; None when there is none."""
    for kind, person in _wanted(tx, office, period, now):
        if not queue.told(tx, _key(kind, period, person)):
            return kind, person
    return None


def _wanted(tx: Connection, office: Office, period: str, now: datetime) -> Iterator[tuple[str, str]]:
    if now < reviews.asks_at(period) + reviews.TOLD_AFTER:
        for owner in _owners(office):
            if not queue.told(tx, _key("lists_review", period, owner)) and reviews.lists_of(tx, office, owner):
                yield "lists_review", owner
    waiting = reviews.unanswered(tx, now)
    for owner in _owners(office):
        if any(each.asked_at + reviews.REMINDED_AFTER <= now for each in _of(office, waiting, owner)):
            yield "lists_reminder", owner
    if any(each.asked_at + reviews.TOLD_AFTER <= now for each in waiting):
        yield "lists_unconfirmed", office.settings.coordinator


def _do(tx: Connection, office: Office, wanted: tuple[str, str], period: str, now: datetime) -> bool:
    kind, person = wanted
    if kind == "lists_review":
        lists = reviews.lists_of(tx, office, person)
        reviews.ask(tx, lists, period, now)
        told = [office.list_name(each) for each in lists]
    elif kind == "lists_reminder":
        told = [office.list_name(each.list_id) for each in _of(office, reviews.unanswered(tx, now), person)]
    else:
        told = [_with_owner(office, each) for each in reviews.unanswered(tx, now)]
    until = plain_day(local_day(now + reviews.REMINDED_AFTER))
    key = _key(kind, period, person)
    return queue.put(tx, key, kind, person, now, until=until, count=len(told), names="\n\n".join(told))


def _owners(office: Office) -> list[str]:
    return list(dict.fromkeys(each.owner for each in office.lists.values() if each.owner in office.people))


def _of(office: Office, waiting: Sequence[Row[Any]], owner: str) -> list[Row[Any]]:
    return [each for each in waiting if each.list_id in office.lists and office.lists[each.list_id].owner == owner]


def _with_owner(office: Office, review: Row[Any]) -> str:
    found = office.lists.get(review.list_id)
    owner = office.person_name(found.owner) if found else ""
    return say("lists_review.with_owner", list=office.list_name(review.list_id), owner=owner)


def _key(kind: str, period: str, person: str) -> str:
    return f"{kind}/{period}/{person}"
