"""The rows of `publications`: begun with their occurrence, moved by what came of each try.

Whoever calls holds the transaction. The intent is committed before a channel is called and the outcome right after, so
that a crash in between is seen: such a row is looked for before anything is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from worker.channels import all_channels
from worker.channels.base import Receipt
from worker.drafting.places import handed_by
from worker.drafting.publishers import publisher
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.publishing import parts, standing
from worker.record import embargoes, events
from worker.settings import Medium
from worker.store.states import PublicationState, move
from worker.store.tables import drafts, publications, stops

HAND_OFF = "handoff"
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)
LOOK_AFTER = timedelta(minutes=2)
"""Longer than any try takes: a try that somebody began has ended by then, and its text can be found."""
LOOK_FOR = timedelta(days=2)
"""So long it is tried to look for what may be out; then a person does."""
MOST_TRIES = 12
"""After so many, what was sent once more and is not there either is a person's."""
_P = PublicationState


def begin(
    tx: Connection,
    office: Office,
    occurrence: Row[Any],
    package: Row[Any],
    draft: Row[Any],
    now: datetime,
    deadline: datetime | None,
) -> int:
    """A row for each medium that the approval bound for `draft`, or for the person in charge; how many.

    None for one where an earlier version is out, or may be: nothing is published twice.
    """
    already = _already_out(tx, occurrence.id, draft)
    bound, begun = package.places.get(draft.kind, {}), 0
    end = embargoes.end(tx, package.id)
    for medium, definition in bound.items():
        channel = all_channels()[definition["channel"]]
        waits = end is not None and end > now and channel.waits_for_embargo
        first = max(end, now) if waits and end is not None else now
        for part, due in parts.parts(channel, draft, occurrence.send_at, first):
            if (medium, part) in already:
                continue
            last = deadline if deadline is None or due == now else max(deadline, due + (deadline - now))
            place = medium, part, definition["channel"], definition.get("person", "")
            _insert(tx, occurrence, draft, place, due, last)
            begun += 1
    if not bound and handed_by(draft.kind) and ("", parts.WHOLE) not in already:
        place = "", parts.WHOLE, HAND_OFF, publisher(office, draft.kind, occurrence.in_charge)
        _insert(tx, occurrence, draft, place, now, deadline)
        begun += 1
    return begun


def next_due(tx: Connection, now: datetime, busy: Sequence[str] = ()) -> Row[Any] | None:
    """The first that is to be tried in time, or looked for; of a medium that stands still or is `busy` none."""
    row = publications.c
    stopped = select(stops.c.medium)
    in_time = or_(row.state == _P.UNKNOWN, row.deadline.is_(None), row.deadline >= now)
    found = (
        select(publications)
        .where(
            row.state.in_([_P.QUEUED, _P.UNKNOWN]), row.due_at <= now, in_time,
            row.medium.not_in(stopped), row.medium.not_in(list(busy)),
        )
        .order_by(row.due_at, row.id)
        .limit(1)
    )  # fmt: skip
    return tx.execute(found).first()


def intend(tx: Connection, publication: Row[Any], now: datetime) -> bool:
    """Commit this before its channel is called; False when it is somebody else's by now."""
    one = publications.c.id == publication.id
    first = func.coalesce(publications.c.first_begun_at, now)
    return move(tx, publications, _P.QUEUED, _P.SENDING, one, begun_at=now, first_begun_at=first) == 1


def take_over(tx: Connection, now: datetime) -> int:
    """What a dead worker had begun may be out: it is looked for, later than its try can last; how many."""
    found = tx.execute(select(publications).where(publications.c.state == _P.SENDING)).all()
    for row in found:
        doubted(tx, row, now, _in_the_offices_words("publishing.interrupted"))
    return len(found)


def copied(tx: Connection, since: datetime, now: datetime) -> int:
    """What waited for its medium at `since`, when the database was copied, may be out: it is looked for; how many.

    What a person is handed is not: a mail that comes twice does no harm.
    """
    due = publications.c.state == _P.QUEUED, publications.c.due_at <= now, publications.c.channel != HAND_OFF
    found = tx.execute(select(publications).where(*due)).all()
    for row in found:
        reason = _in_the_offices_words("copies.may_be_out")
        begun = {"begun_at": row.begun_at or since, "first_begun_at": row.first_begun_at or since}
        move(tx, publications, _P.QUEUED, _P.UNKNOWN, publications.c.id == row.id, due_at=now, reason=reason, **begun)
        _tell(tx, "publication.doubtful", row, now, reason=reason)
    return len(found)


def published(tx: Connection, publication: Row[Any], receipt: Receipt, now: datetime) -> bool:
    """It is out, as the channel says, or a person is handed it and should have it out by `receipt.until`.

    Whether she is to be written to: not when it was called off or everything was held meanwhile.
    """
    one = publications.c.id == publication.id
    values = {"address": receipt.address, "reference": receipt.reference, "reason": "", "due_at": None}
    if receipt.asked:
        if standing.kept_back(tx, publication) is not None:
            standing.put_back(tx, publication, _P.SENDING, now, due_at=now)
            return False
        asked = {"person": receipt.asked, "deadline": receipt.until}
        return move(tx, publications, _P.SENDING, _P.ASKED, one, **values, **asked) == 1
    # Another worker may have taken it for doubtful meanwhile; a receipt ends the doubt.
    moved = move(tx, publications, _P.SENDING, _P.PUBLISHED, one, **values, settled_at=now)
    if moved or move(tx, publications, _P.UNKNOWN, _P.PUBLISHED, one, **values, settled_at=now):
        _tell(tx, "publication.out", publication, now, address=receipt.address)
    return False


def later(tx: Connection, publication: Row[Any], reason: str, after: timedelta | None, now: datetime) -> bool:
    """It is tried, or looked for, again with a growing delay; False when that would be too late."""
    delay = max(after or timedelta(), _delay(publication))
    doubtful = publication.state == _P.UNKNOWN
    if doubtful and now > publication.begun_at + LOOK_FOR:
        to_a_person(tx, publication, now, reason)
        return False
    if not doubtful and publication.deadline is not None and now + delay > publication.deadline:
        failed(tx, publication, reason, now)
        return False
    values = {"due_at": now + delay, "reason": reason, "attempts": publication.attempts + 1}
    if doubtful:  # it could not be looked for: it stays in doubt
        one = publications.c.id == publication.id, publications.c.state == _P.UNKNOWN
        tx.execute(update(publications).where(*one).values(values))
    else:
        standing.put_back(tx, publication, _P.SENDING, now, **values)
    return True


def doubted(tx: Connection, publication: Row[Any], now: datetime, reason: str, *, look: bool = True) -> None:
    """It may be out. It is looked for after a while, or with `look` false is a person's to settle."""
    moved = move(
        tx, publications, _P.SENDING, _P.UNKNOWN, publications.c.id == publication.id,
        due_at=now + LOOK_AFTER if look else None, reason=reason,
    )  # fmt: skip
    if moved:
        _tell(tx, "publication.doubtful", publication, now, reason=reason)


def to_a_person(tx: Connection, publication: Row[Any], now: datetime, reason: str) -> None:
    """Nobody but a person can tell whether it is out: it is not looked for any more."""
    one = publications.c.id == publication.id, publications.c.state == _P.UNKNOWN
    tx.execute(update(publications).where(*one).values(due_at=None, reason=reason))


def not_there(tx: Connection, publication: Row[Any], now: datetime) -> tuple[PublicationState, str] | None:
    """It was looked for and surely is not out: it is sent again, at once the first time.

    Or where it ends and why: it has failed when it is too late for that, and is a person's when it was sent too often.
    """
    if publication.deadline is not None and now > publication.deadline:
        failed(tx, publication, reason := _in_the_offices_words("publishing.too_late"), now)
        return _P.FAILED, reason
    if publication.attempts >= MOST_TRIES:
        to_a_person(tx, publication, now, reason := _in_the_offices_words("publishing.never_found"))
        return _P.UNKNOWN, reason
    due = now + _delay(publication) if publication.attempts else now
    standing.put_back(tx, publication, _P.UNKNOWN, now, due_at=due, attempts=publication.attempts + 1)
    return None


def failed(tx: Connection, publication: Row[Any], reason: str, now: datetime) -> None:
    """It is not out and nothing is tried again by itself."""
    moved = move(
        tx, publications, PublicationState(publication.state), _P.FAILED, publications.c.id == publication.id,
        due_at=None, reason=reason, settled_at=now,
    )  # fmt: skip
    if moved:
        _tell(tx, "publication.failed", publication, now, reason=reason)


def any_late(tx: Connection, now: datetime) -> bool:
    """Whether anything waits past its deadline."""
    late = publications.c.state == _P.QUEUED, publications.c.deadline < now
    return tx.execute(select(publications.c.id).where(*late).limit(1)).first() is not None


def expire(tx: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Close what waits for a medium past its deadline, and give it back. What waits for a person's leave has time."""
    row = publications.c
    late = tx.execute(select(publications).where(row.state == _P.QUEUED, row.deadline < now)).all()
    for each in late:
        move(tx, publications, _P.QUEUED, _P.EXPIRED, row.id == each.id, due_at=None, settled_at=now)
        _tell(tx, "publication.expired", each, now, reason=each.reason)
    return late


def of_draft(tx: Connection, draft_id: int) -> Sequence[Row[Any]]:
    """The rows of one text, in their order."""
    found = select(publications).where(publications.c.draft_id == draft_id).order_by(publications.c.id)
    return tx.execute(found).all()


def of_occurrence(tx: Connection, occurrence_id: str) -> Sequence[Row[Any]]:
    """Its rows in their order."""
    found = select(publications).where(publications.c.occurrence_id == occurrence_id).order_by(publications.c.id)
    return tx.execute(found).all()


def medium_of(office: Office, publication: Row[Any]) -> Medium | None:
    """The medium as the file has it now; None for the person in charge, and for one that has left the file."""
    return office.media.get(publication.medium)


def put_hand_off(tx: Connection, row: Row[Any], now: datetime, **values: Any) -> None:
    """The mail that brings a text to whoever publishes it: one, in however many media."""
    key = f"handoff/{row.draft_id}" + (f"/{row.person}" if row.medium else "")
    queue.put(tx, key, HAND_OFF, row.person, now, occurrence_id=row.occurrence_id, publication=row.id, **values)


def _already_out(tx: Connection, occurrence_id: str, draft: Row[Any]) -> frozenset[tuple[str, int]]:
    """The media, with the part, where a text of this kind of the occurrence is out, or may be, in whatever version."""
    row = publications.c
    out = row.state.in_([_P.PUBLISHED, _P.SENDING, _P.UNKNOWN])
    found = select(row.medium, row.part).join(drafts, drafts.c.id == row.draft_id)
    rows = tx.execute(found.where(row.occurrence_id == occurrence_id, drafts.c.kind == draft.kind, out))
    return frozenset((each.medium, each.part) for each in rows)


def _insert(
    tx: Connection,
    occurrence: Row[Any],
    draft: Row[Any],
    place: tuple[str, int, str, str],
    due: datetime,
    deadline: datetime | None,
) -> None:
    medium, part, channel, person = place
    tx.execute(
        publications.insert().values(
            occurrence_id=occurrence.id, draft_id=draft.id, medium=medium, part=part, channel=channel,
            state=_P.QUEUED, attempts=0, due_at=due, deadline=deadline, person=person, address="", reference="",
            reason="",
        )
    )  # fmt: skip


def _delay(publication: Row[Any]) -> timedelta:
    doublings: int = min(publication.attempts, 6)
    return min(FIRST_DELAY * int(2**doublings), LONGEST_DELAY)


def _tell(tx: Connection, kind: str, publication: Row[Any], now: datetime, **data: Any) -> None:
    events.append(tx, kind, now, occurrence=publication.occurrence_id, **data, **parts.where(publication))


def _in_the_offices_words(key: str) -> str:
    with speaking(office_language()):
        return say(key)
