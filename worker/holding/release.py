"""Taking the switch off: what was held is put before its approvers anew, at a send time that leaves them a day.

It is done piece by piece, each in a transaction of its own, and the hold stays live until the last: so a worker killed
in the middle goes on where it was, and nothing is missed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, union, update

from worker.approval import ask, seats
from worker.drafting import packages
from worker.errors import HlasatelError
from worker.holding.begin import close
from worker.holding.new_time import send_time_after
from worker.holding.words import paragraph
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.plan.model import Plan
from worker.planning.described import stage_times
from worker.publishing import recall
from worker.record import events, holds
from worker.store import tables
from worker.store.states import MailingState, NoticeState, OccurrenceState, PublicationState, move_occurrence
from worker.times import format_instant, local_day


def end(tx: Connection, now: datetime, *, reason: str = "", person: str | None = None) -> Row[Any]:
    """End the hold that is on, by hand or (`person` None) because its time has come; the hold as it stands then.

    HlasatelError when none is on.
    """
    hold = holds.live(tx, lock=True)
    if hold is None or hold.ended_at is not None:
        raise HlasatelError(say("hold.none_on"))
    found = update(tables.holds).where(tables.holds.c.id == hold.id)
    ended = tx.execute(found.values(ended_at=now, ended_by=person).returning(tables.holds)).one()
    events.append(tx, "hold.ended", now, person=person, hold=hold.id, reason=reason)
    return ended


def end_over(tx: Connection, now: datetime) -> bool:
    """End the hold whose time has come; False when somebody has ended or extended it meanwhile."""
    hold = holds.live(tx, lock=True)
    if hold is None or hold.ended_at is not None or hold.until > now:
        return False
    end(tx, now)
    return True


def release(tx: Connection, office: Office, plan: Plan, row: Row[Any], now: datetime) -> None:
    """Put one that is `held` before its approvers anew. What had been returned goes back to whoever reworks it.

    The caller has locked it.
    """
    hold = holds.last(tx)
    assert hold is not None, "something is held without a hold"
    moved = _move(tx, plan, row, now)
    reason = say("hold.was_held", since=format_instant(hold.since, form="at"), reason=hold.reason)
    if moved.send_at != row.send_at:
        reason += " " + say("hold.new_time", at=format_instant(moved.send_at, form="at"))
    package = packages.latest(tx, row.id)
    assert package is not None, "something is held without a package"
    returned = seats.returned(tx, package.id)
    if returned:
        move_occurrence(tx, row.id, OccurrenceState.HELD, OccurrenceState.RETURNED, now)
    _record(tx, hold, row, moved, now, OccurrenceState.RETURNED if returned else OccurrenceState.ASKED)
    queue.withdraw(tx, row.id, now)
    if not returned:
        package_id = packages.renewed(tx, office, moved, package, now, reason=reason)
        ask.submit(tx, office, moved, package_id, now, notice="approval_again")


def is_late(row: Row[Any], now: datetime) -> bool:
    """Whether one that waited undecided should have been asked for meanwhile and has too little time left."""
    if row.send_at is None or not holds.is_held_back(row):
        return False
    return datetime.fromisoformat(row.stages["ask"]) <= now and send_time_after(now, row.send_at) != row.send_at


def postpone(tx: Connection, plan: Plan, row: Row[Any], now: datetime) -> None:
    """Give such a one its new send time; it is drafted and asked for in its turn."""
    hold = holds.last(tx)
    assert hold is not None, "something waited without a hold"
    _record(tx, hold, row, _move(tx, plan, row, now), now, OccurrenceState(row.state))


def finish(tx: Connection, office: Office, now: datetime) -> bool:
    """Everything is released: one mail to the coordinator says what, and when it goes out. False when told before."""
    hold = holds.live(tx, lock=True)
    if hold is None or hold.ended_at is None:
        return False
    close(tx, hold, now)
    recall.let_go_on(tx, office, hold.id, now)
    released = [event for event in events.of_kind(tx, "occurrence.released") if event.data["hold"] == hold.id]
    lines = [_line(tx, str(event.occurrence_id), event.data) for event in released]
    return queue.put(
        tx, f"hold-ended/{hold.id}", "hold_ended", office.settings.coordinator, now, reason=hold.reason,
        ended=format_instant(hold.ended_at, form="at"), number=len(released),
        released=paragraph("hold.released", lines) or say("hold.nothing_released"),
        stopped=paragraph("hold.stand", [say("hold.resume", occurrence=each) for each in _standing(tx)]),
    )  # fmt: skip


def _standing(tx: Connection) -> Sequence[str]:
    """Occurrences that began to be sent and stopped, so that only a person lets the rest of them go out."""
    paused = select(tables.mailings.c.occurrence_id).where(tables.mailings.c.state == MailingState.PAUSED)
    kept_back = select(tables.notices.c.occurrence_id).where(tables.notices.c.state == NoticeState.PAUSED)
    places = select(tables.publications.c.occurrence_id).where(tables.publications.c.state == PublicationState.PAUSED)
    return tx.execute(union(paused, kept_back, places).order_by("occurrence_id")).scalars().all()


def _move(tx: Connection, plan: Plan, row: Row[Any], now: datetime) -> Row[Any]:
    """The occurrence with its new send time and stages, if it needs any."""
    send_at = send_time_after(now, row.send_at)
    if send_at == row.send_at:
        return row
    activity = next((each for each in plan.activities if each.id == row.activity), None)
    if activity is not None:
        stages = stage_times(activity, send_at)
    else:  # its row has left the plan: everything comes as much later as the send time does
        later = send_at - row.send_at
        stages = {
            name: (datetime.fromisoformat(at) + later).astimezone(UTC).isoformat() for name, at in row.stages.items()
        }
    found = update(tables.occurrences).where(tables.occurrences.c.id == row.id)
    return tx.execute(found.values(send_at=send_at, stages=stages).returning(tables.occurrences)).one()


def _record(
    tx: Connection, hold: Row[Any], row: Row[Any], moved: Row[Any], now: datetime, state: OccurrenceState
) -> None:
    events.append(
        tx, "occurrence.released", now, occurrence=row.id, hold=hold.id, state=state,
        send_at=moved.send_at.isoformat(), moved=moved.send_at != row.send_at,
        outside=local_day(moved.send_at) > row.window_to,
    )  # fmt: skip


def _line(tx: Connection, occurrence_id: str, data: dict[str, Any]) -> str:
    found = tables.occurrences.c.id == occurrence_id
    title = tx.execute(tables.occurrences.select().where(found)).one().title
    when = format_instant(datetime.fromisoformat(data["send_at"]), form="at")
    key = "hold.released_later" if data["moved"] else "hold.released_in_time"
    line = say(key, title=title, occurrence=occurrence_id, when=when)
    if data["state"] == OccurrenceState.RETURNED:
        line += " " + say("hold.still_returned")
    if data["outside"]:
        line += " " + say("hold.outside_window")
    return line
