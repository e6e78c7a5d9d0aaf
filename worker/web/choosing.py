"""The coordinator's choice about one occurrence, on its page: ask anew, move, drop, or note as done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row
from starlette.requests import Request

from worker.approval import past
from worker.approval.cases import Unfinished, clean
from worker.approval.choices import Offer, Option, checked_reason, make, offer
from worker.approval.choose import DONE_BY_HAND
from worker.messages import say
from worker.office import Office
from worker.store.states import OccurrenceState, lock_occurrence
from worker.typed import day_in, is_web_address
from worker.web.pages import desk
from worker.web.signed_in import Visitor

DONE = "done"
"""What else may be chosen here, beside the options of `choices`."""


@dataclass(frozen=True)
class Section:
    """What the page offers. `until` is by when it could be approved if it were asked for now; None where it cannot."""

    offer: Offer
    until: datetime | None
    may_be_done: bool
    urgent: bool
    """Whether nothing goes on before somebody chooses."""


def section(tx: Connection, office: Office, row: Row[object], now: datetime) -> Section | None:
    """What may be chosen about an occurrence at `now` (aware); None for one about which there is nothing to choose."""
    found = offer(tx, office, row, now)
    done = found.occurrence.state in DONE_BY_HAND
    if not found.possible and not done:
        return None
    missed = found.occurrence.state == OccurrenceState.MISSED
    return Section(found, found.deadline_if_asked(now), done, missed)


def choose(request: Request, visitor: Visitor, occurrence: str, form: dict[str, str]) -> None:
    """Do what the form says; raises as `choices.make` and `choose.done`, and then nothing has changed."""
    office, now, choice = desk(request).office, desk(request).now(), form.get("choice", "")
    if choice not in (*Option, DONE):
        raise Unfinished(say("choices.choose_one"))
    with office.database.write() as tx:
        row = lock_occurrence(tx, occurrence)
        assert row is not None, "the page shows what there is"
        if choice == DONE:
            _done(tx, office, occurrence, form, now, visitor)
            return
        make(
            tx, office, offer(tx, office, row, now), Option(choice), now, seen=form.get("seen", ""),
            reason=form.get("reason", ""), day=form.get("day", ""), hour=form.get("hour", ""), person=visitor.person,
            whence=visitor.whence,
        )  # fmt: skip


def _done(
    tx: Connection, office: Office, occurrence: str, form: dict[str, str], now: datetime, visitor: Visitor
) -> None:
    address, typed = clean(form.get("address", "")), form.get("on", "")
    if address and not is_web_address(address):
        raise Unfinished(say("approval.bad_address"), "address")
    on = day_in(typed)
    if typed.strip() and on is None:
        raise Unfinished(say("boards.unreadable"), "on")
    past.note(
        tx, office, occurrence, now, reason=checked_reason(form.get("reason", "")), person=visitor.person,
        address=address, on=on, whence=visitor.whence,
    )  # fmt: skip
