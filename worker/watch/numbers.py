"""The numbers by which somebody outside sees whether the office does what is due. No query here looks at a delivery.

What grows over the years with the recipients is read from what slices and mailings keep of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from worker import __version__
from worker.office import Office
from worker.store.database import SCHEMA
from worker.store.states import MailingState, NoticeState, OccurrenceState
from worker.store.tables import (
    alerts,
    bounces,
    canaries,
    events,
    feeds,
    mailings,
    media_checks,
    notices,
    occurrences,
    packages,
    plan_versions,
    publications,
    recipient_mails,
    slices,
    stops,
)
from worker.watch.disk import database_bytes, free_bytes
from worker.watch.heartbeat import newest_work, processes
from worker.watch.number import Number, age, by, one

RECENT = timedelta(days=7)
"""How far back a share of bounces looks."""
_NEVER_DUE = (OccurrenceState.DROPPED, OccurrenceState.HISTORICAL)


def numbers(tx: Connection, office: Office, now: datetime) -> list[Number]:
    """Every number at `now` (aware), in a fixed order, those without a value too."""
    return [each for group in _GROUPS for each in group(tx, office, now)]


def _program(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    values: dict[tuple[str, ...], float] = {(__version__, SCHEMA): 1.0}
    yield Number("hlasatel_info", "Version of the program and of its schema.", ("version", "schema"), values)


def _processes(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    found = processes(tx, now)
    at: dict[tuple[str, ...], float] = {}
    live: Counter[tuple[str, ...]] = Counter()
    lost = Counter({each.row.kind: 0 for each in found})
    for each in sorted(found, key=lambda each: each.row.at):
        at[each.row.kind, each.row.host] = each.row.at.timestamp()
        live[each.row.kind, each.row.standing] += not each.is_lost
        lost[each.row.kind] += each.is_lost
    name, what = "hlasatel_heartbeat_timestamp_seconds", "When a process last came round, the newest of each machine."
    yield Number(name, what, ("command", "host"), at)
    yield Number("hlasatel_processes", "Processes that come round.", ("command", "standing"), live)
    yield by("command", "hlasatel_processes_lost", "Processes that no longer do, and did not say goodbye.", lost)
    newest = newest_work(found)
    yield one(
        "hlasatel_worker_heartbeat_age_seconds", "Since whoever does the clock's work last came round.",
        None if newest is None else newest.age.total_seconds(),
    )  # fmt: skip
    troubles = () if newest is None else newest.row.troubles
    for trouble, what in _SOUND.items():
        yield one(f"hlasatel_{trouble}_ok", what, None if newest is None else trouble not in troubles)


_SOUND = {
    "plan": "1 while the plan on file is the one in force; 0: an edit is faulty or waits for a confirmation.",
    "config": "1 while the configuration on file is the one in force; 0: an edit of it is faulty.",
    "relay": "1 while the relay can be used; 0: the last try failed.",
}


def _plan(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    newest = select(func.max(plan_versions.c.taken_up_at, type_=plan_versions.c.taken_up_at.type))
    taken_up = tx.execute(newest).scalar()
    what = "When the plan in force was taken up."
    yield one("hlasatel_plan_taken_up_timestamp_seconds", what, taken_up and taken_up.timestamp())
    counted = select(occurrences.c.state, func.count()).group_by(occurrences.c.state)
    states = _counts(tx, counted)
    every = {str(each): states.get(each, 0) for each in OccurrenceState}
    yield by("state", "hlasatel_occurrences", "Occurrences of the plan by state.", every)
    due = _counts(tx, counted.where(occurrences.c.send_at <= now))
    promised = sum(number for state, number in due.items() if state not in _NEVER_DUE)
    done, missed = due.get(OccurrenceState.DONE, 0), due.get(OccurrenceState.MISSED, 0)
    yield one("hlasatel_occurrences_due", "Whose send time has come, without dropped and historical ones.", promised)
    yield one("hlasatel_occurrences_due_done", "Of these, done.", done)
    yield one("hlasatel_occurrences_due_missed", "Of these, missed.", missed)
    yield one("hlasatel_occurrences_due_open", "Of these, neither.", promised - done - missed)


def _approvals(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    asked = select(occurrences.c.id, occurrences.c.stages).where(occurrences.c.state == OccurrenceState.ASKED)
    stages = {row.id: row.stages for row in tx.execute(asked)}
    newest = select(func.max(packages.c.submitted_at, type_=packages.c.submitted_at.type))
    newest = newest.where(packages.c.occurrence_id.in_(list(stages))).group_by(packages.c.occurrence_id)
    since = [at for at in tx.execute(newest).scalars() if at is not None] if stages else []
    ends = [datetime.fromisoformat(each["deadline"]) for each in stages.values() if "deadline" in each]
    yield one("hlasatel_approvals_waiting", "Texts that wait for an approval.", len(stages))
    oldest = age(now, min(since, default=None))
    yield one("hlasatel_approval_oldest_waiting_seconds", "How long the oldest of them has waited.", oldest)
    what = "Until the first of their deadlines; negative when it is over."
    first = min(((each - now).total_seconds() for each in ends), default=None)
    yield one("hlasatel_approval_next_deadline_seconds", what, first)


def _mailings(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    is_open = mailings.c.state != MailingState.DONE
    found = tx.execute(select(mailings.c.id, mailings.c.state, mailings.c.frozen_at).where(is_open)).all()
    states = Counter(row.state for row in found)
    shown = {str(each): states[each] for each in (MailingState.SENDING, MailingState.PAUSED)}
    yield by("state", "hlasatel_mailings", "Mailings that are not done.", shown)
    tallies: Counter[str] = Counter()
    due: list[datetime] = []
    began = {row.id: row.frozen_at for row in found}
    pieces = select(slices.c.mailing_id, slices.c.tallies, slices.c.due_at).where(slices.c.mailing_id.in_(list(began)))
    for piece in tx.execute(pieces) if found else ():
        tallies.update(piece.tallies)
        if piece.due_at is not None and piece.due_at <= now:  # what never was tried is due since for ever
            due.append(max(piece.due_at, began[piece.mailing_id]))
    what = "Recipients of the mailings that are not done, by the state of their delivery."
    yield by("state", "hlasatel_mailing_recipients", what, tallies)
    oldest = age(now, min((row.frozen_at for row in found), default=None))
    yield one("hlasatel_mailing_oldest_open_seconds", "Since the oldest mailing that is not done began.", oldest)
    what = "For how long the oldest part of a mailing has had work and was not brought back."
    yield one("hlasatel_mailing_work_waiting_seconds", what, age(now, min(due, default=None)))
    yield from _returned(tx, mailings.c.frozen_at > now - RECENT)
    yield one("hlasatel_canaries_missing", _CANARIES, _canaries(tx, office, mailings.c.frozen_at > now - RECENT))


_CANARIES = "Canaries of seven days that the relay took and the mailbox has not got."


def _returned(tx: Connection, recent: ColumnElement[bool]) -> Iterator[Number]:
    audience = tx.execute(select(func.coalesce(func.sum(mailings.c.audience), 0)).where(recent)).scalar_one()
    yield one("hlasatel_recent_recipients", "Audiences of the mailings that began within seven days.", audience)
    back = select(bounces.c.sort, func.count()).join(mailings, mailings.c.id == bounces.c.mailing_id).where(recent)
    came = _counts(tx, back.group_by(bounces.c.sort)) if audience else {}
    shares = {sort: came.get(sort, 0) / audience for sort in ("hard", "soft", "complaint")} if audience else {}
    yield by(
        "sort", "hlasatel_recent_bounce_share", "Share of these that came back (hard, soft) or complained.", shares
    )


def _canaries(tx: Connection, office: Office, recent: ColumnElement[bool]) -> int | None:
    """How many did not arrive; None where nobody looks for them."""
    if office.settings.canary is None or office.settings.canary.minutes is None:
        return None
    flown = canaries.c.state == NoticeState.SENT, canaries.c.arrived_at.is_(None)
    counted = select(func.count()).select_from(canaries.join(mailings)).where(*flown, recent)
    return int(tx.execute(counted).scalar_one())


def _waiting_mails(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    counts: dict[str, float] = {}
    oldest: dict[str, float] = {}
    for name, table in (("notice", notices), ("recipient", recipient_mails)):
        queued = select(func.count(), func.min(table.c.created_at, type_=table.c.created_at.type))
        counts[name], first = tx.execute(queued.where(table.c.state == NoticeState.QUEUED)).one()
        if (waits := age(now, first)) is not None:
            oldest[name] = waits
    what = "Mails to the office's people (notice) and to single recipients that wait."
    yield by("mail", "hlasatel_mails_queued", what, counts)
    yield by("mail", "hlasatel_mails_oldest_queued_seconds", "How long the oldest of these has waited.", oldest)


def _media(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    states = _counts(tx, select(publications.c.state, func.count()).group_by(publications.c.state))
    yield by("state", "hlasatel_publications", "Texts for media beside the lists.", states)
    stopped = set(tx.execute(select(stops.c.medium)).scalars())
    standing = {each: float(each in stopped) for each in office.media}
    yield by("medium", "hlasatel_medium_stopped", "1 for a medium by which nothing goes out.", standing)
    left = {
        row.medium: (row.good_until - now).total_seconds() / 86400
        for row in tx.execute(select(media_checks).where(media_checks.c.good_until.is_not(None)))
        if row.medium in office.media
    }
    yield by("medium", "hlasatel_medium_token_days_left", "Days that a medium's token is good for.", left)


def _feeds(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    rows = [row for row in tx.execute(select(feeds)).all() if row.id in office.feeds]
    failures = {row.id: row.failures for row in rows}
    read = {row.id: row.read_at.timestamp() for row in rows if row.read_at is not None}
    yield by("feed", "hlasatel_feed_failures", "Failed tries to read a partner's feed, in a row.", failures)
    yield by("feed", "hlasatel_feed_read_timestamp_seconds", "When it was last read.", read)


def _keeping(tx: Connection, office: Office, now: datetime) -> Iterator[Number]:
    length = tx.execute(select(func.max(events.c.seq))).scalar()
    yield one("hlasatel_record_events", "Number of the record's last event.", length or 0)
    lasting = Counter(each.partition("/")[0] for each in tx.execute(select(alerts.c.id)).scalars())
    yield by("condition", "hlasatel_alerts", "What is wrong by Hlasatel's own judgement.", lasting)
    yield one("hlasatel_database_bytes", "Size of the database.", database_bytes(tx))
    yield one("hlasatel_data_free_bytes", "Free space where the data folder lies.", free_bytes(office.settings.data))


def _counts(tx: Connection, counted: Select[Any]) -> dict[str, int]:
    return {str(name): int(number) for name, number in tx.execute(counted)}


_GROUPS: tuple[Callable[[Connection, Office, datetime], Iterator[Number]], ...] = (
    _program, _processes, _plan, _approvals, _mailings, _waiting_mails, _media, _feeds, _keeping,
)  # fmt: skip
