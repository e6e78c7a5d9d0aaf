"""The emergency release: the coordinator lets a version go without its approval, for a reason that everybody learns.

It stands in the record as what it is, binds to the digest like an approval, and is stopped by the same checks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, update

from worker.approval import seats, tidings
from worker.approval.cases import NotNow, NotThisVersion, Unfinished, already_decided, clean, deadline
from worker.approval.decide import LONGEST_COMMENT, refuse_faulty, renewed
from worker.approval.seats import ANYBODY, Choice, Mandate
from worker.drafting import packages
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.record import events, holds
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence
from worker.store.tables import decisions
from worker.times import format_instant

RELEASABLE = (OccurrenceState.ASKED, OccurrenceState.RETURNED)


def release(
    office: Office,
    occurrence_id: str,
    now: datetime,
    *,
    reason: str,
    person: str,
    whence: str,
    version: int | None = None,
) -> str:
    """`asked` or `returned` → `approved`, so that it goes out at its send time, or at once when that is over.

    `version` is the one the coordinator was shown; the newest without it. Returns what to tell whoever released it.
    Raises one of the Refused, or HlasatelError for an occurrence nobody knows; then nothing has changed, save that a
    package whose surroundings changed is asked anew.
    """
    reason = clean(reason)
    if not reason:
        raise Unfinished(say("seats.release_reason_missing"))
    if len(reason) > LONGEST_COMMENT:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST_COMMENT))
    if person != office.settings.coordinator:
        coordinator = office.person_name(office.settings.coordinator)
        raise NotNow(say("seats.release_coordinator_only", coordinator=coordinator))
    with office.database.write() as tx:
        occurrence = lock_occurrence(tx, occurrence_id)
        if occurrence is None:
            raise HlasatelError(say("approval.not_started", occurrence=occurrence_id))
        package = _releasable(tx, office, occurrence, version, now)
        if not renewed(tx, office, occurrence, now):
            refuse_faulty(tx, office, occurrence, tuple(packages.drafts_of(tx, package.id)), now)
            _release(tx, office, occurrence, package, reason, person, whence, now)
            following = tidings.goes_out(occurrence, now)
            return say(
                "seats.released", version=package.version, occurrence=occurrence.id, following=following
            )  # fmt: skip
    raise NotThisVersion(say("approval.other_version"))


def _releasable(tx: Connection, office: Office, occurrence: Row[Any], version: int | None, now: datetime) -> Row[Any]:
    """The version that waits for an approval or for being reworked."""
    if held := holds.told_of(tx, office, occurrence, now):
        raise NotNow(held)
    package = packages.latest(tx, occurrence.id)
    if occurrence.state == OccurrenceState.APPROVED and package is not None:
        last = seats.closing(package, seats.live(tx, package.id))
        if last is not None:
            raise already_decided(office, package, last)
    if occurrence.state not in RELEASABLE or package is None:
        state = say(f"states.{occurrence.state}")
        raise NotNow(say("seats.release_not_waiting", occurrence=occurrence.id, state=state))
    if now >= deadline(occurrence):
        last_chance = format_instant(deadline(occurrence), form="by")
        raise NotNow(say("seats.release_too_late", occurrence=occurrence.id, deadline=last_chance))
    if version is not None and version != package.version:
        raise NotThisVersion(say("approval.other_version"))
    return package


def _release(
    tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any], reason: str, person: str, whence: str,
    now: datetime,
) -> None:  # fmt: skip
    returns = decisions.c.package_id == package.id, decisions.c.live == 1, decisions.c.decision == Choice.RETURN
    tx.execute(update(decisions).where(*returns).values(live=None))
    own = seats.fill(
        tx, office, package, Mandate(ANYBODY, person), person, Choice.APPROVE, reason, now, whence, emergency=True
    )  # fmt: skip
    old = OccurrenceState(occurrence.state)
    move_occurrence(tx, occurrence.id, old, OccurrenceState.APPROVED, now)
    events.append(
        tx, "decision.released", now, occurrence=occurrence.id, person=person, version=package.version,
        digest=package.digest, reason=reason, whence=whence,
    )  # fmt: skip
    queue.withdraw(tx, occurrence.id, now)
    tidings.released(tx, office, occurrence, package, own, now)
