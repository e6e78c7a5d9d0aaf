"""Calling those whom a row names for contributions, and reminding once whoever sent nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from worker.messages import office_language, speaking
from worker.notices import queue
from worker.office import Office
from worker.plan.model import Lead, Unit
from worker.plan.stages import before, in_working_hours
from worker.record import events
from worker.store.tables import contributions, notices
from worker.times import format_instant

REMINDED = Lead(3, Unit.WORKING_DAYS)
"""How long before the deadline whoever sent nothing is reminded."""

_KEYS: BindParameter[list[str]] = bindparam("keys", expanding=True)
_TOLD = select(notices.c.kind, notices.c.person, notices.c.created_at).where(notices.c.key.in_(_KEYS))
"""Kept, because every round asks it of each occurrence that waits for contributions."""


def deadline(occurrence: Row[Any]) -> datetime | None:
    """By when a contribution is in time for the drafts; None without a send time."""
    return _stage(occurrence, "draft")


def reminds_at(occurrence: Row[Any]) -> datetime | None:
    """When whoever sent nothing is reminded; None where there is no time for it between the call and the deadline."""
    called, end = _stage(occurrence, "call"), deadline(occurrence)
    if called is None or end is None:
        return None
    at = in_working_hours(before(end, REMINDED))
    return at if at > called else None


def due(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> Mapping[str, str]:
    """Who is to get a mail now → the kind of it. Nobody once the deadline is over: nothing waits for an answer.

    Whoever was called when the time for reminders had come already is not reminded.
    """
    if not occurrence.contributors:
        return {}
    called, end = _stage(occurrence, "call"), deadline(occurrence)
    if called is None or end is None or not called <= now < end:
        return {}
    named = dict.fromkeys(occurrence.contributors)  # whoever translates waits for a text that is there to translate
    people = [each for each in named if each in office.people and office.people[each].translates is None]
    told = _told(tx, occurrence, people)
    wanted = {each: "call" for each in people if ("call", each) not in told}
    at = reminds_at(occurrence)
    if at is not None and at <= now:
        sent = _contributed(tx, occurrence)
        for each in people:
            asked = told.get(("call", each))
            if asked is not None and asked < at and ("call_reminder", each) not in told and each not in sent:
                wanted[each] = "call_reminder"
    return wanted


def tell(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> bool:
    """Queue every mail that is due; whether there was any. The caller has locked the occurrence."""
    wanted, end = due(tx, office, occurrence, now), deadline(occurrence)
    if end is None:
        return False
    with speaking(office_language()):
        until, until_day = format_instant(end, form="by"), format_instant(end, form="at")
    for person, kind in wanted.items():
        queue.put(
            tx, key(occurrence, kind, person), kind, person, now,
            occurrence_id=occurrence.id, about=occurrence.about, until=until, until_day=until_day,
        )  # fmt: skip
        events.append(
            tx, "call.reminded" if kind == "call_reminder" else "call.sent", now, occurrence=occurrence.id, asked=person
        )
    return bool(wanted)


def key(occurrence: Row[Any], kind: str, person: str) -> str:
    """Once for each occurrence, also when it moves: the link leads to the page that knows the deadline."""
    return f"{kind}/{occurrence.id}/{person}"


def _told(tx: Connection, occurrence: Row[Any], people: list[str]) -> dict[tuple[str, str], datetime]:
    """Kind and person of the mails that were queued before → when. Asked by their keys, which are an index."""
    keys = [key(occurrence, kind, each) for kind in ("call", "call_reminder") for each in people]
    return {(row.kind, row.person): row.created_at for row in tx.execute(_TOLD, {"keys": keys})}


def _contributed(tx: Connection, occurrence: Row[Any]) -> set[str]:
    found = select(contributions.c.person).where(contributions.c.occurrence_id == occurrence.id)
    return set(tx.execute(found).scalars())


def _stage(occurrence: Row[Any], name: str) -> datetime | None:
    text = occurrence.stages.get(name)
    return datetime.fromisoformat(text) if text else None
