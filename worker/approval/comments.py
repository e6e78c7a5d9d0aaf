"""The comment round: heads or the director are asked in parallel before the approvers, and comments decide nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.approval.cases import Case, NotNow, Unfinished, case, clean
from worker.drafting import packages
from worker.messages import office_language, say, speaking
from worker.notices import queue, withheld
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import comments, events
from worker.record.comments import Via
from worker.store import tables
from worker.times import format_instant

LONGEST = 5000
MOST = 40
"""Comments of one person on one occurrence: a form that is sent over and over fills no database."""
MOST_MAILED = 10
"""Comments of one person that are mailed one by one within an hour; more than that are kept and shown alone."""


def ends_at(occurrence: Row[Any]) -> datetime | None:
    """When the round of an occurrence ends; None for one without a round."""
    text = occurrence.stages.get("comment") if occurrence.commenters else None
    return datetime.fromisoformat(text) if text else None


def still_to_ask(tx: Connection, occurrence: Row[Any], now: datetime) -> tuple[str, ...]:
    """Who has not been asked for comments on what is being prepared; nobody once the round is over."""
    end = ends_at(occurrence)
    if end is None or end <= now:
        return ()
    return tuple(each for each in occurrence.commenters if not queue.told(tx, _key(occurrence, each)))


def ask(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> bool:
    """Ask everybody who has not been asked, all at once; whether there was anybody. The caller has locked it."""
    package = packages.latest(tx, occurrence.id)
    if package is None:
        return False
    people = still_to_ask(tx, occurrence, now)
    for person in people:
        queue.put(
            tx, _key(occurrence, person), "comment_round", person, now,
            occurrence_id=occurrence.id, package_id=package.id,
        )  # fmt: skip
        events.append(tx, "comment.asked", now, occurrence=occurrence.id, asked=person)
    return bool(people)


def is_skipped(tx: Connection, occurrence: Row[Any], now: datetime) -> bool:
    """Whether the round was over before anybody could be asked, and nobody has been told of it yet."""
    end = ends_at(occurrence)
    if end is None or now < end:
        return False
    return not any(queue.told(tx, _key(occurrence, each)) for each in [*occurrence.commenters, _NOBODY])


def tell_skipped(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> None:
    """Tell the coordinator that the approvers will be asked without anybody's comments."""
    names = ", ".join(office.person_name(each) for each in occurrence.commenters)
    queue.put(
        tx, _key(occurrence, _NOBODY), "comments_skipped", office.settings.coordinator, now,
        occurrence_id=occurrence.id, commenters=names,
    )  # fmt: skip
    events.append(tx, "comment.skipped", now, occurrence=occurrence.id)


def give(office: Office, token: str, text: str, now: datetime, *, version: int, whence: str = "") -> Case:
    """Keep a comment of the link's owner on the version that her page showed, and tell the coordinator.

    Raises Unfinished for a text that is empty or too long, NotNow once the round is over, NoSuchLink or LinkExpired.
    The same words on the same version twice are one comment.
    """
    text = clean(text)
    if not text:
        raise Unfinished(say("comments.missing"))
    if len(text) > LONGEST:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST))
    with office.database.write() as tx:
        current = case(tx, office, Purpose.COMMENT, token, now, lock=True)
        occurrence, person = current.occurrence, current.link.person
        if not current.open or person not in occurrence.commenters:
            raise NotNow(say("comments.closed"))
        package_id = _package_of(tx, occurrence.id, version)
        text = withheld.fit_to_keep(tx, office, text, now)
        if _has_said(tx, package_id, person, text):
            return current
        if _number(tx, occurrence.id, person) >= MOST:
            raise NotNow(say("comments.too_many", most=MOST))
        comment_id = comments.add(tx, occurrence.id, person, text, now, package_id=package_id, via=Via.ROUND)
        events.append(tx, "comment.given", now, occurrence=occurrence.id, person=person, version=version, whence=whence)
        with speaking(office_language()):
            until = format_instant(datetime.fromisoformat(occurrence.stages["ask"]), form="by")
            more = said_last(tx, person, now)
        if more is not None:
            queue.put(
                tx, f"comment-made/{comment_id}", "comment_made", office.settings.coordinator, now,
                occurrence_id=occurrence.id, package_id=package_id, by=person, text=text, until=until, more=more,
            )  # fmt: skip
        return current


def said_last(tx: Connection, person: str, now: datetime) -> str | None:
    """What the mail about the comment just kept adds: of the last one mailed that it is; None for one not mailed."""
    number = comments.in_the_last_hour(tx, person, now)
    if number > MOST_MAILED:
        return None
    return say("comments.last_mailed", most=MOST_MAILED) if number == MOST_MAILED else ""


_NOBODY = "-"
"""Stands for a person in the key of the mail that says that nobody could be asked; no id of a person is so."""


def _key(occurrence: Row[Any], person: str) -> str:
    """One round for each time the occurrence is drafted: an edit while it is prepared asks nobody again."""
    return f"comment/{occurrence.id}/{occurrence.state_at.isoformat()}/{person}"


def _package_of(tx: Connection, occurrence_id: str, version: int) -> int:
    """The version that a page showed; Unfinished for a number that none ever had."""
    made = tables.packages
    found: int | None = tx.execute(
        select(made.c.id).where(made.c.occurrence_id == occurrence_id, made.c.version == version)
    ).scalar()
    if found is None:
        raise Unfinished(say("web.form_incomplete"))
    return found


def _has_said(tx: Connection, package_id: int, person: str, text: str) -> bool:
    made = tables.comments
    same = made.c.package_id == package_id, made.c.person == person, made.c.text == text
    return tx.execute(select(made.c.id).where(*same)).first() is not None


def _number(tx: Connection, occurrence_id: str, person: str) -> int:
    made = tables.comments
    own = made.c.occurrence_id == occurrence_id, made.c.person == person
    return tx.execute(select(func.count()).select_from(made).where(*own)).scalar_one()
