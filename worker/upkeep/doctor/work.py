"""What is done: who works, which plan is in force, what waits, what comes next, what is alarming."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, Table, func, select

from worker.errors import InvalidFiles
from worker.messages import say
from worker.planning.current import last_version, plan_on_file
from worker.store.states import CLOSED_OCCURRENCES, MailingState, NoticeState, OccurrenceState
from worker.store.tables import alerts, mailings, media_checks, notices, occurrences, stops
from worker.store.tables import feeds as feeds_table
from worker.times import format_day_at, format_instant, local_day
from worker.upkeep.doctor.examined import Examined
from worker.upkeep.findings import Finding, Level
from worker.watch.heartbeat import newest_work, processes

NEXT = 3
FAILED = 3
"""Tries in a row after which a feed is mentioned."""
SOON = timedelta(days=14)


def _worker(about: Examined) -> Iterator[Finding]:
    if not about.is_readable:
        return
    with about.database.read() as tx:
        found = processes(tx, about.now)
    newest = newest_work(found)
    if newest is None:
        yield Finding("worker", Level.NOTE, say("doctor.worker_none"))
    else:
        values = {"command": newest.row.kind, "host": newest.row.host, "at": format_instant(newest.row.at, form="at")}
        key, level = ("worker_lost", Level.FAULT) if newest.is_lost else ("worker", Level.OK)
        yield Finding("worker", level, say(f"doctor.{key}", **values))
    for each in found:
        if newest is None or each.row.id != newest.row.id:
            values = {"command": each.row.kind, "host": each.row.host, "at": format_instant(each.row.at, form="at")}
            key, level = ("process_lost", Level.NOTE) if each.is_lost else ("process", Level.OK)
            yield Finding("processes", level, say(f"doctor.{key}", **values))


def _plan(about: Examined) -> Iterator[Finding]:
    if about.office is None:
        return
    in_force = None
    if about.is_readable:
        with about.database.read() as tx:
            in_force = last_version(tx)
    since = say("doctor.plan_none") if in_force is None else format_instant(in_force.taken_up_at)
    try:
        plan_on_file(about.office)
    except InvalidFiles as error:
        text = say("doctor.plan_faulty", count=len(error.faults), since=since)
        yield Finding("plan", Level.FAULT, text)
    else:
        yield Finding("plan", Level.OK, say("doctor.plan", since=since))


def _queues(about: Examined) -> Iterator[Finding]:
    if not about.is_readable:
        return
    with about.database.read() as tx:
        mails = _number(tx, notices, NoticeState.QUEUED)
        sending, paused = (_number(tx, mailings, each) for each in (MailingState.SENDING, MailingState.PAUSED))
        waiting = _number(tx, occurrences, OccurrenceState.ASKED)
        ahead = (
            select(occurrences)
            .where(occurrences.c.state.not_in([*CLOSED_OCCURRENCES, OccurrenceState.MISSED]))
            .where(occurrences.c.send_at > about.now)
            .order_by(occurrences.c.send_at, occurrences.c.id)
        )
        coming = tx.execute(ahead.limit(NEXT)).all()
    text = say("doctor.queues", mails=mails, sending=sending, paused=paused, waiting=waiting)
    yield Finding("queues", Level.NOTE if paused else Level.OK, text)
    if coming:
        told = ", ".join(f"{row.id} ({format_instant(row.send_at)})" for row in coming)
        yield Finding("next", Level.OK, say("doctor.next", told=told))


def _number(tx: Connection, table: Table, state: StrEnum) -> int:
    counted = select(func.count()).select_from(table).where(table.c.state == state)
    return int(tx.execute(counted).scalar_one())


def _alarming(about: Examined) -> Iterator[Finding]:
    if not about.is_readable:
        return
    with about.database.read() as tx:
        rows = tx.execute(select(alerts).order_by(alerts.c.since)).all()
    for row in rows:
        short = say(f"alerts.{row.id.partition('/')[0]}_short")
        yield Finding(
            "alerts", Level.FAULT, say("doctor.alert", short=short, since=format_instant(row.since, form="at"))
        )


def _media(about: Examined) -> Iterator[Finding]:
    """Feeds that fail, media that stand still, tokens that end."""
    if about.office is None or not about.is_readable:
        return
    office = about.office
    with about.database.read() as tx:
        failing = tx.execute(select(feeds_table.c.id).where(feeds_table.c.failures >= FAILED)).scalars().all()
        standing = tx.execute(select(stops.c.medium)).scalars().all()
        ends = select(media_checks).where(media_checks.c.good_until < about.now + SOON)
        ending = tx.execute(ends).all()
    for feed in sorted(set(failing) & office.feeds.keys()):
        yield Finding("feeds", Level.NOTE, say("doctor.feed_fails", feed=office.feeds[feed].name))
    for medium in sorted(standing):
        yield Finding("media", Level.FAULT, say("doctor.medium_stopped", medium=office.medium_name(medium), id=medium))
    for row in ending:
        if row.medium in office.media:
            values = {"medium": office.medium_name(row.medium), "day": format_day_at(local_day(row.good_until))}
            yield Finding("media", Level.NOTE, say("doctor.token_ends", **values))


CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (_worker, _plan, _queues, _alarming, _media)
