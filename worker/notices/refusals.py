"""When a mail that somebody was to answer does not get out: the coordinator is told at once, with what to do.

Once the person's address is another, the mail goes there; a refused address itself is tried no more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting import packages
from worker.notices import queue
from worker.notices.kinds import KINDS
from worker.office import Office
from worker.store.states import OccurrenceState
from worker.store.tables import notices, occurrences

REFUSED = "mail_refused"
_WAITING = frozenset({OccurrenceState.PREPARING, OccurrenceState.ASKED, OccurrenceState.RETURNED})


def tell(tx: Connection, office: Office, notice: Row[Any], reason: str, now: datetime) -> None:
    """Alert the coordinator (when it was hers, her deputy) that `notice` will not arrive, and why."""
    to: str | None = office.settings.coordinator
    person = office.people.get(notice.person)
    if notice.person == to:
        to = person.deputy if person is not None else None
    if to is None or not KINDS[notice.kind].answered:
        return
    queue.put(
        tx, f"refused/{notice.id}", REFUSED, to, now, occurrence_id=notice.occurrence_id, package_id=notice.package_id,
        notice=notice.id, who=notice.person, what=notice.kind, address=person.email if person else "–", reason=reason,
    )  # fmt: skip


def waiting(tx: Connection, office: Office) -> Row[Any] | None:
    """A mail that was lost and may go to the new address of its person, for a version still before her; else None."""
    alerts = select(notices.c.data).join(occurrences, occurrences.c.id == notices.c.occurrence_id)
    open_ones = notices.c.kind == REFUSED, occurrences.c.state.in_(_WAITING)
    for alert in tx.execute(alerts.where(*open_ones).order_by(notices.c.id)).scalars():
        person = office.people.get(alert["who"])
        if person is None or person.email == alert["address"]:
            continue
        lost = tx.execute(select(notices).where(notices.c.id == alert["notice"])).one()
        newest = packages.latest(tx, lost.occurrence_id)
        if newest is not None and newest.id == lost.package_id and not queue.told(tx, _key(lost, person.email)):
            return lost
    return None


def ask_again(tx: Connection, office: Office, now: datetime) -> bool:
    """Queue the mail that waits for it anew, once for each address whatever becomes of it; False without one."""
    lost = waiting(tx, office)
    if lost is None:
        return False
    key = _key(lost, office.person(lost.person).email)
    about = {"occurrence_id": lost.occurrence_id, "package_id": lost.package_id}
    return queue.put(tx, key, lost.kind, lost.person, now, **about, **lost.data)


def _key(lost: Row[Any], address: str) -> str:
    return f"{lost.key}/at/{address}"
