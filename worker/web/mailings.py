"""The mailings on the page of one occurrence: how far they are, what a person may order, and what she must settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from worker.approval.cases import Unfinished, clean
from worker.delivery import doubtful, orders
from worker.messages import say
from worker.office import Office
from worker.record import acting, progress
from worker.record.progress import Progress
from worker.store.states import DeliveryState, MailingState

MOST_SHOWN = 50
"""Unknown deliveries on the page; the command lists all."""
OUTCOMES = {"sent": DeliveryState.SENT, "failed": DeliveryState.FAILED, "again": DeliveryState.QUEUED}


@dataclass(frozen=True)
class Section:
    """What the page shows of an occurrence's mailings, and which orders make sense now."""

    mailings: list[Progress]
    unknown: list[dict[str, str]]
    more_unknown: int
    now: datetime

    @property
    def can_pause(self) -> bool:
        return any(each.mailing.state == MailingState.SENDING for each in self.mailings) or any(
            each.mailing.resume_at is not None for each in self.mailings
        )

    @property
    def can_resume(self) -> bool:
        return any(each.mailing.state == MailingState.PAUSED and not each.is_cancelled for each in self.mailings)

    @property
    def can_cancel(self) -> bool:
        return any(not each.is_done and not each.is_cancelled for each in self.mailings)

    @property
    def failed(self) -> int:
        """How many were refused by mailings that may go out again."""
        return sum(each.counts.get(DeliveryState.FAILED, 0) for each in self.mailings if not each.is_cancelled)

    @property
    def may_repeat(self) -> bool:
        """Whether something unknown may be sent once more."""
        return any(not each.is_cancelled for each in self.mailings)


def section(tx: Connection, office: Office, occurrence: str, now: datetime) -> Section | None:
    """The mailings of an occurrence as they stand at `now` (aware); None while there is none."""
    mailings = progress.of_occurrence(tx, occurrence)
    if not mailings:
        return None
    rows = doubtful.unknown(tx, occurrence) if any(each.unknown for each in mailings) else []
    unknown = [
        {"address": row.address, "message_id": doubtful.message_id(office, row)} for row in rows[:MOST_SHOWN]
    ]  # fmt: skip
    return Section(mailings, unknown, max(len(rows) - MOST_SHOWN, 0), now)


def give_order(office: Office, occurrence: str, form: dict[str, str], now: datetime, person: str) -> None:
    """Do what the form says. Unfinished for a form that lacks something, HlasatelError for what is not possible now."""
    order, outcome, reason = form.get("order", ""), form.get("outcome", ""), clean(form.get("reason", ""))
    if order == "cancel" and not reason:
        raise Unfinished(say("choices.reason_missing"))
    if len(reason) > orders.LONGEST_REASON:
        raise Unfinished(say("approval.comment_too_long", limit=orders.LONGEST_REASON))
    with acting.because("" if order == "cancel" else reason), office.database.write() as tx:
        if order == "pause":
            orders.pause(tx, office, occurrence, now, person=person)
        elif order == "resume":
            orders.resume(tx, occurrence, now, person=person)
        elif order == "again":
            orders.again(tx, occurrence, now, person=person)
        elif order == "cancel":
            orders.cancel(tx, office, occurrence, now, reason=reason, person=person)
        elif outcome in OUTCOMES:
            doubtful.settle(tx, occurrence, form.get("address", ""), OUTCOMES[outcome], now, person)
        else:
            raise Unfinished(say("web.form_incomplete"))
    if order == "cancel":
        orders.finish_cancelled(office, occurrence, now)
