"""What needs a person now: each with what happens if nobody does anything, and the link to where it is done.

Most urgent first. Nothing here is decided or worked out anew: every line is read off what `status` tells as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.agenda.dates import Standing
from worker.approval.cases import deadline
from worker.audience.upkeep import reviews
from worker.feeds.health import health
from worker.messages import say
from worker.office import Office
from worker.planning.attention import attention, still_open
from worker.record import contributions, places
from worker.record.progress import Progress, wanting_attention
from worker.record.status import WAITING, titles, waits_for
from worker.store import copies
from worker.store.states import MailingState, NoticeState, OccurrenceState
from worker.store.tables import alerts, calendar_dates, notices, occurrences
from worker.times import local_day
from worker.timetables.content import local

_STORY = "/koordinator/termin/"
MOST_FAILED, LATELY = 10, timedelta(days=30)
"""Mails that could not be sent, on the page; the command lists all there were."""


@dataclass(frozen=True)
class Want:
    """One thing that waits. `what` is its name, in Czech where `czech`, `text` how it stands, `otherwise` what happens
    while nobody does anything. `path`, below the base address, is where it is done, in the words of `do`; both are
    empty where only a command can.
    """

    what: str
    text: str
    otherwise: str
    path: str = ""
    do: str = ""
    urgent: bool = False
    czech: bool = False


def wanted(tx: Connection, office: Office, now: datetime) -> list[Want]:
    """Everything that waits for a person at `now` (aware), what is urgent first, otherwise in the order found."""
    parts: tuple[Callable[[Connection, Office, datetime], Iterator[Want]], ...] = (
        _copy, _alerts, _plan, _occurrences, _mailings, _media, _gone, _notices, _lists, _contributions, _dates, _feeds,
    )  # fmt: skip
    return sorted((each for part in parts for each in part(tx, office, now)), key=lambda each: not each.urgent)


def _copy(tx: Connection, _office: Office, _now: datetime) -> Iterator[Want]:
    row = copies.standing(tx)
    if row is not None and row.held:
        told = str(copies.refusal(row.held))
        yield Want(say("wanted.copy"), told, say("wanted.copy_otherwise"), urgent=True)


def _alerts(tx: Connection, _office: Office, _now: datetime) -> Iterator[Want]:
    """What is wrong with Hlasatel itself; who looks after it was mailed, and does it on the machine."""
    for row in tx.execute(select(alerts).order_by(alerts.c.since, alerts.c.id)):
        name = row.id.partition("/")[0]
        short = say(f"alerts.{name}_short")
        text = f"{say('alerts.since', at=local(row.since))} {say(f'alerts.{name}_do')}"
        yield Want(short[:1].upper() + short[1:], text, say(f"alerts.{name}_means"), urgent=True)


def _plan(tx: Connection, office: Office, _now: datetime) -> Iterator[Want]:
    found, name = attention(tx, office), office.settings.plan.name
    if found["waits"] is not None:
        text = say("wanted.plan_waits", lost=found["waits"]["lost"], open=found["waits"]["open"])
        yield Want(
            name, text, say("wanted.plan_waits_otherwise"), "/koordinator/plan#edit", say("wanted.do_plan_waits")
        )
    if found["faulty"] is not None:
        text = say("wanted.plan_faulty", count=found["faulty"])
        yield Want(name, text, say("wanted.plan_faulty_otherwise"), "/koordinator/plan", say("wanted.do_plan_faulty"))


def _occurrences(tx: Connection, office: Office, now: datetime) -> Iterator[Want]:
    row = occurrences.c
    found = select(occurrences).where(row.state.in_(WAITING)).order_by(row.send_at, row.id)
    for each in tx.execute(found).all():
        who = ", ".join(office.person_name(person) for person in waits_for(tx, each))
        yield _occurrence(each, who, now)


def _occurrence(row: Row[Any], who: str, now: datetime) -> Want:
    path, late = _STORY + row.id, row.send_at is not None and row.send_at <= now
    at = local(row.send_at) if row.send_at is not None else "–"
    if row.state == OccurrenceState.MISSED:
        text, otherwise = say("wanted.missed", at=at), say("wanted.missed_otherwise")
        return Want(row.title, text, otherwise, f"{path}#volba", say("wanted.do_missed"), urgent=True, czech=True)
    if row.state == OccurrenceState.RETURNED:
        text = say("wanted.returned", at=at)
        return Want(
            row.title, text, say("wanted.returned_otherwise"), path, say("wanted.do_returned"), urgent=late, czech=True
        )
    if not row.kinds:
        text = say("wanted.task", who=who, at=at)
        return Want(row.title, text, say("wanted.task_otherwise"), path, say("wanted.do_task"), urgent=late, czech=True)
    until = local(deadline(row))
    text = say("wanted.asked_late" if late else "wanted.asked", who=who, at=at)
    otherwise = say("wanted.asked_otherwise", until=until)
    return Want(row.title, text, otherwise, path, say("wanted.do_asked"), urgent=late, czech=True)


def _mailings(tx: Connection, _office: Office, now: datetime) -> Iterator[Want]:
    found = wanting_attention(tx)
    names = titles(tx, {each.mailing.occurrence_id for each in found})
    for each in found:
        if (want := _mailing(each, names[each.mailing.occurrence_id], now)) is not None:
            yield want


def _mailing(each: Progress, what: str, now: datetime) -> Want | None:
    """None for one that is under way as it should be."""
    path = f"{_STORY}{each.mailing.occurrence_id}#rozesilka"
    if each.mailing.state == MailingState.PAUSED and not each.is_cancelled:
        text = " ".join(filter(None, (say("wanted.paused", reason=each.mailing.reason), each.told(now))))
        by_itself = each.goes_on_at(now) is not None
        otherwise = say("wanted.paused_by_itself" if by_itself else "wanted.paused_otherwise")
        return Want(what, text, otherwise, path, say("wanted.do_mailing"), urgent=not by_itself, czech=True)
    if each.unknown:
        text = say("wanted.unknown", number=each.unknown)
        otherwise, do = say("wanted.unknown_otherwise"), say("wanted.do_unknown")
        return Want(what, text, otherwise, path, do, urgent=True, czech=True)
    return None


def _media(tx: Connection, office: Office, now: datetime) -> Iterator[Want]:
    for medium in places.stopped(tx, office):
        if medium.until is None:
            path = f"/koordinator/kanaly#kanal-{medium.id}"
            otherwise, do = say("wanted.stopped_otherwise"), say("wanted.do_stopped")
            yield Want(medium.name, medium.told(), otherwise, path, do, urgent=True, czech=True)
    found = places.wanting_attention(tx, office, now)
    names = titles(tx, {place.row.occurrence_id for place in found})
    for place in found:
        what = f"{names[place.row.occurrence_id]} – {place.name}"
        path = f"{_STORY}{place.row.occurrence_id}#misto-{place.row.id}"
        otherwise = say("wanted.down_otherwise" if place.comes_down else "wanted.place_otherwise")
        yield Want(what, place.told(office), otherwise, path, say("wanted.do_place"), czech=True)


def _gone(tx: Connection, _office: Office, _now: datetime) -> Iterator[Want]:
    gone = still_open(tx)
    names = titles(tx, gone)
    for each in gone:
        path, otherwise = f"{_STORY}{each}#volba", say("wanted.gone_otherwise")
        yield Want(names[each], say("wanted.gone"), otherwise, path, say("wanted.do_gone"), czech=True)


def _notices(tx: Connection, office: Office, now: datetime) -> Iterator[Want]:
    row = notices.c
    lately = row.state == NoticeState.FAILED, row.created_at > now - LATELY
    for each in tx.execute(select(notices).where(*lately).order_by(row.id.desc()).limit(MOST_FAILED)).all():
        what = say("wanted.mail", person=office.person_name(each.person))
        path = _STORY + each.occurrence_id if each.occurrence_id else ""
        text = say("wanted.mail_failed", reply=each.reply)
        yield Want(what, text, say("wanted.mail_otherwise"), path, say("wanted.do_mail") if path else "")


def _lists(tx: Connection, office: Office, now: datetime) -> Iterator[Want]:
    for each in reviews.to_confirm(tx, office, office.settings.coordinator, now):
        path = f"/koordinator/seznamy#potvrdit-{each}"
        text, otherwise = say("wanted.list"), say("wanted.list_otherwise")
        yield Want(office.list_name(each), text, otherwise, path, say("wanted.do_list"), czech=True)


def _contributions(tx: Connection, _office: Office, _now: datetime) -> Iterator[Want]:
    found = {occurrence: waiting for occurrence, (_, waiting) in contributions.numbers(tx).items() if waiting}
    names = titles(tx, found)
    for occurrence, waiting in found.items():
        text, otherwise = say("wanted.contributions", number=waiting), say("wanted.contributions_otherwise")
        path, do = f"/koordinator/prispevky/{occurrence}", say("wanted.do_contributions")
        yield Want(names[occurrence], text, otherwise, path, do, czech=True)


def _dates(tx: Connection, _office: Office, now: datetime) -> Iterator[Want]:
    row = calendar_dates.c
    ahead = row.standing == Standing.OFFERED, row.day >= local_day(now)
    if number := tx.execute(select(func.count()).where(*ahead)).scalar_one():
        text, otherwise = say("wanted.dates", number=number), say("wanted.dates_otherwise")
        yield Want(say("calendar.list_title"), text, otherwise, "/koordinator/akce", say("wanted.do_dates"))


def _feeds(tx: Connection, office: Office, _now: datetime) -> Iterator[Want]:
    for each in health(tx, office.feeds):
        if each["trouble"]:
            path = f"/koordinator/zdroje#zdroj-{each['id']}"
            otherwise = say("wanted.feed_otherwise")
            yield Want(each["name"], each["trouble"], otherwise, path, say("wanted.do_feed"), czech=True)
